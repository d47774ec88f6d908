using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Measures one block on one crop.</summary>
/// <param name="options">What to measure.</param>
/// <param name="info">Sizes of the encoder.</param>
/// <param name="organs">Names of the classes without background, in the order of a crop's fractions.</param>
internal sealed class BlockMeasurement(MeasurementOptions options, TokenEncoderInfo info, IReadOnlyList<string> organs)
{
    /// <summary>The measures, in the order of the results of <see cref="Of"/>.</summary>
    public IReadOnlyList<Measure> Measures =>
    [
        .. options.Ranks.Select(Measure.Of),
        .. options.Ranks.Contains(RankDefinition.AllHeads) ? [Measure.SingularValue] : Array.Empty<Measure>(),
        .. options.Attention ? [Measure.Distance, Measure.DistanceVoxels, Measure.DistanceNotRescaled, Measure.Entropy, Measure.HeadDivergence] : Array.Empty<Measure>(),
        .. options.Preference ? organs.Select(Measure.Preference) : [],
    ];

    /// <summary>Runs the measurement.</summary>
    /// <param name="trace">Trace of the block for one sample.</param>
    /// <param name="distances">[V, V] between the visible patches, in voxels and in mm.</param>
    /// <param name="fractions">[V, K - 1], label fractions of the visible patches.</param>
    /// <returns>One value per head, or a single value, for each measure; and the singular values of V, empty if ranks are not requested.</returns>
    public (IReadOnlyList<double[]> Values, double[] SingularValues) Of(BlockTrace trace, (Tensor Voxels, Tensor Mm) distances, Tensor fractions)
    {
        using DisposeScope scope = NewDisposeScope();
        var values = new List<double[]>();
        double[] singular = [];
        Tensor? primary = null;
        foreach (RankDefinition definition in options.Ranks)
        {
            // Two definitions read the same matrix, and its eigenvalues are the longest part of a rank.
            Tensor sigma = definition == RankDefinition.Squared && primary is not null ? primary.square() : ValueMatrix.SingularValues(trace, info.HasClassToken, definition);
            values.Add(Doubles(Spectrum.EffectiveRanks(sigma)));
            if (definition == RankDefinition.AllHeads) (primary, singular) = (sigma, Doubles(sigma));
        }
        if (singular.Length > 0) values.Add([singular.Average()]);
        if (!options.Attention && !options.Preference) return (values, singular);
        Tensor log = AttentionRows.LogWeights(trace), weights = log.exp();
        long patches = fractions.shape[0];
        if (options.Attention)
        {
            values.Add(Doubles(AttentionMeasures.Distance(weights, distances.Mm, rescaled: true)));
            values.Add(Doubles(AttentionMeasures.Distance(weights, distances.Voxels, rescaled: true)));
            values.Add(Doubles(AttentionMeasures.Distance(weights, distances.Voxels, rescaled: false)));
            values.Add(Doubles(AttentionMeasures.Entropy(log, weights, patches)));
            values.Add(Doubles(AttentionMeasures.HeadDivergence(log, weights, patches)));
        }
        if (options.Preference)
        {
            double[] preferences = Doubles(AttentionMeasures.Preferences(weights, fractions)); // [H, K - 1]
            for (int organ = 0; organ < organs.Count; organ++) values.Add([.. preferences.Where((_, at) => at % organs.Count == organ)]);
        }
        return (values, singular);
    }

    // Values are read once per block and crop. These are the only synchronisations with the device.
    private static double[] Doubles(Tensor values) => values.cpu().to(ScalarType.Float64).flatten().data<double>().ToArray();
}
