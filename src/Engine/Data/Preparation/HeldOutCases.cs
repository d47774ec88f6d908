using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Randomness;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Preparation;

/// <summary>Holds out cases of the pre-training split for its validation.</summary>
public static class HeldOutCases
{
    /// <summary>Splits the cases. Both parts are in the order of the split, and cases of one patient are in one part.</summary>
    /// <param name="cases">The cases of the pre-training.</param>
    /// <param name="config">Number of held-out cases, seed of the choice.</param>
    /// <param name="name">Name of the split in messages.</param>
    /// <exception cref="VolumeException">No case would be left to train on.</exception>
    public static (IReadOnlyList<DatasetCase> Trained, IReadOnlyList<DatasetCase> HeldOut) Of(IReadOnlyList<DatasetCase> cases, PretrainValidationConfig config, string name)
    {
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(config);
        string[] patients = [.. cases.Select(one => one.Group).Distinct()];
        var order = new long[patients.Length];
        new RandomSource(config.Seed, Purpose.HeldOut).Permute(order);
        var chosen = new HashSet<string>(StringComparer.Ordinal);
        int count = 0;
        foreach (long index in order)
        {
            if (count >= config.NumCases) break;
            chosen.Add(patients[index]);
            count += cases.Count(one => one.Group == patients[index]);
        }
        if (count < config.NumCases || count == cases.Count)
            throw new VolumeException($"There are {cases.Count} cases of {patients.Length} patients of {name}; [pretrain.validation] num_cases = {config.NumCases} leaves none to train on.");
        return ([.. cases.Where(one => !chosen.Contains(one.Group))], [.. cases.Where(one => chosen.Contains(one.Group))]);
    }
}
