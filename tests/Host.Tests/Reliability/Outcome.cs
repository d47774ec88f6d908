using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HiEndMae.Mlflow.Tests;

namespace HiEndMae.Host.Tests.Reliability;

/// <summary>What a command has left below its output folder, in a form in which two repetitions are equal.</summary>
internal static partial class Outcome
{
    /// <summary>A path without what differs between repetitions: ids, hashes, times, step numbers.</summary>
    public static string Common(string output, string path) => Varying().Replace(path[output.Length..], "*");

    /// <summary>Names of all files.</summary>
    public static List<string> Names(string output) =>
        [.. Directory.GetFiles(output, "*", SearchOption.AllDirectories).Select(path => Common(output, path)).Order(StringComparer.Ordinal).Distinct()];

    /// <summary>Hashes of the weights and of the optimisers' states of every checkpoint that is left. The fingerprint is left out, because that of a fine-tuning contains the path of the pre-training.</summary>
    public static List<string> Weights(string output) =>
    [
        .. Directory.GetFiles(output, "*.safetensors", SearchOption.AllDirectories).Where(IsOfRun)
            .Select(path => $"{StepOf(path)} {Common(output, path)} {Hash(path)}").Order(StringComparer.Ordinal),
    ];

    /// <summary>Every value that the training logged, those of the clock left out.</summary>
    public static List<string> Values(string output) =>
    [
        .. Directory.GetFiles(output, "metrics.jsonl", SearchOption.AllDirectories).Where(IsOfRun)
            .SelectMany(path => File.ReadAllLines(path).Select(line => JsonNode.Parse(line)!).Where(line => (string?)line["key"] is "loss" or "grad_norm" or "lr")
                .Select(line => $"{Common(output, path)} {line["stage"]} {line["step"]} {line["key"]} {line["value"]}")).Order(StringComparer.Ordinal),
    ];

    /// <summary>Runs in the database by what they are, with how they ended.</summary>
    public static List<string> Runs(string output) => Query.Rows(Path.Combine(output, "mlflow.db"),
        "SELECT t.value, coalesce(s.value, ''), r.status, count(*) FROM runs r JOIN tags t ON t.run_uuid = r.run_uuid AND t.key = 'hiendmae.role' LEFT JOIN tags s ON s.run_uuid = r.run_uuid AND s.key = 'hiendmae.stage' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3");

    /// <summary>Values in the database, those of the clock left out.</summary>
    public static List<string> Tracked(string output) => Query.Rows(Path.Combine(output, "mlflow.db"),
        "SELECT t.value, m.key, m.step, m.value, m.is_nan FROM metrics m JOIN tags t ON t.run_uuid = m.run_uuid AND t.key = 'hiendmae.stage' WHERE m.key IN ('loss', 'lr', 'grad_norm') OR m.key LIKE 'dice%' ORDER BY 1, 2, 3, 4");

    private static string Hash(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int end = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        string header = Fingerprint().Replace(Encoding.UTF8.GetString(bytes, 8, end - 8).TrimEnd(), "");
        return Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(header), .. bytes[end..]]));
    }

    private static bool IsOfRun(string path) => !path.Contains("/mlruns/", StringComparison.Ordinal);

    private static string StepOf(string path) => Step().Match(path).Value;

    [GeneratedRegex(@"\d{8}-\d{6}-[0-9a-f]{8}(-\d+)?|\.?[0-9a-f]{32}(\.tmp|\.part)?|[0-9a-f]{8,}|\.?step-\d+")]
    private static partial Regex Varying();

    [GeneratedRegex("\"fingerprint\":\"[0-9a-f]+\"")]
    private static partial Regex Fingerprint();

    [GeneratedRegex(@"step-\d+")]
    private static partial Regex Step();
}
