using System.Text.Json.Nodes;

namespace HiEndMae.Host.Output;

/// <summary>The measurements of <c>bench</c> for one value of a key.</summary>
/// <param name="Key">The key that was varied.</param>
/// <param name="Value">Its value.</param>
/// <param name="Measured">The result of <c>bench --json</c>.</param>
internal sealed record ScalePoint(string Key, string Value, JsonObject Measured)
{
    /// <summary>Median seconds of a step.</summary>
    public double Seconds => Number("step_seconds");

    /// <summary>Seconds of the fastest step.</summary>
    public double Best => Number("step_seconds_best");

    /// <summary>Operations of a step, in units of 10^9.</summary>
    public double Gflop => Number("step_gflop");

    /// <summary>Largest resident memory, in units of 10^9 bytes.</summary>
    public double Gigabytes => Number("peak_resident_bytes") / 1e9;

    /// <summary>Share of the rate of matrix products.</summary>
    public double Utilization => Number("model_flops_utilization");

    private double Number(string key) => (double)Measured[key]!;
}
