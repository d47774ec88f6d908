using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.Mlflow;

namespace HiEndMae.Runs.Tracking;

/// <summary>Describes datasets as inputs of MLflow runs. The digest changes when cases or their content change.</summary>
internal static class TrackedDataset
{
    /// <summary>Describes one split; null if it has no cases.</summary>
    public static DatasetInput? Describe(Dataset dataset, DataConfig data, DatasetSplit split)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int count = 0;
        foreach (DatasetCase one in dataset.Cases(split))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{one.Id}\n{one.ContentKey}\n"));
            count++;
        }
        if (count == 0) return null;
        string context = split switch
        {
            DatasetSplit.Pretraining => "pretraining",
            DatasetSplit.Training => "training",
            DatasetSplit.Validation => "validation",
            _ => "test",
        };
        var source = new JsonObject { ["plugin"] = data.Dataset.Plugin };
        foreach (KeyValuePair<string, string> entry in TomlText.Flatten(data.Dataset.ToTable())) source[entry.Key] = entry.Value;
        return new DatasetInput(
            new DatasetDescription(
                dataset.Info.Name, Convert.ToHexStringLower(hash.GetHashAndReset())[..16], "local", source.ToJsonString(),
                Profile: new JsonObject { ["num_cases"] = count.ToString(CultureInfo.InvariantCulture), ["split"] = context }.ToJsonString()),
            [new Entry("mlflow.data.context", context)]);
    }
}
