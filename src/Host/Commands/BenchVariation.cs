using System.Diagnostics;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Output;

namespace HiEndMae.Host.Commands;

/// <summary>A key of an experiment and the values for which <c>bench --vary</c> measures it. Every value is measured in a separate process, so that memory is measured separately too.</summary>
/// <param name="Key">Dotted key, such as pretrain.mask_ratio.</param>
/// <param name="Values">TOML values.</param>
internal sealed record BenchVariation(string Key, IReadOnlyList<string> Values)
{
    /// <summary>Reads KEY=VALUE,VALUE,...</summary>
    /// <returns>Null if it has no key or fewer than two values.</returns>
    public static BenchVariation? Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string[] values = equals < 1 ? [] : [.. Split(text[(equals + 1)..])];
        return values.Length < 2 || values.Contains("") ? null : new BenchVariation(text[..equals].Trim(), values);
    }

    /// <summary>Measures every value.</summary>
    /// <param name="program">The program that measures, as the first words of a command line.</param>
    /// <param name="arguments">Arguments of <c>bench</c> that all values share.</param>
    /// <param name="cancel">Ends the process of the present value.</param>
    /// <exception cref="UserException">A process fails. The exception has its message.</exception>
    public IReadOnlyList<ScalePoint> Measure(IReadOnlyList<string> program, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        var points = new List<ScalePoint>();
        foreach (string value in Values)
        {
            var start = new ProcessStartInfo(program[0], [.. program.Skip(1), .. arguments, "--set", $"{Key}={value}", "--json"]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            using CancellationTokenRegistration end = cancel.Register(() => process.Kill());
            Task<string> error = process.StandardError.ReadToEndAsync(CancellationToken.None);
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            cancel.ThrowIfCancellationRequested();
            if (process.ExitCode != ExitCodes.Done) throw new UserException($"{Key} = {value} cannot be measured: {error.Result.Trim()}");
            points.Add(new ScalePoint(Key, value, JsonNode.Parse(output)!.AsObject()));
        }
        return points;
    }

    // Splits at commas outside of brackets, so that a value may be a list.
    private static IEnumerable<string> Split(string text)
    {
        int depth = 0, from = 0;
        for (int i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '[' => 1, ']' => -1, _ => 0 };
            if (text[i] != ',' || depth > 0) continue;
            yield return text[from..i].Trim();
            from = i + 1;
        }
        yield return text[from..].Trim();
    }
}
