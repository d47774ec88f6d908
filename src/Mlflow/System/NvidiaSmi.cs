using System.Diagnostics;
using System.Globalization;

namespace HiEndMae.Mlflow;

/// <summary>Reads figures of NVIDIA GPUs from the driver's nvidia-smi.</summary>
/// <param name="program">Path of nvidia-smi.</param>
internal sealed class NvidiaSmi(string program)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private bool isBroken;

    /// <summary>Finds nvidia-smi on PATH; null if it is not installed.</summary>
    public static NvidiaSmi? Find(Func<string, string?> getVariable) => Executables.Find("nvidia-smi", getVariable) is { } program ? new NvidiaSmi(program) : null;

    /// <summary>Adds utilisation, memory and power of each GPU. After a failure, nvidia-smi is not called again.</summary>
    public void Read(List<(string Key, double Value)> figures)
    {
        if (isBroken) return;
        using var process = Process.Start(new ProcessStartInfo(program, ["--query-gpu=index,utilization.gpu,memory.used,memory.total,power.draw,power.limit", "--format=csv,noheader,nounits"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        });
        if (process is null) return;
        using var patience = new Timer(static state => Kill((Process)state!), process, Patience, Timeout.InfiniteTimeSpan);
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        isBroken = process.ExitCode != 0;
        if (!isBroken) Parse(text, figures);
    }

    internal static void Parse(string text, List<(string Key, double Value)> figures)
    {
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] columns = line.Split(',', StringSplitOptions.TrimEntries);
            if (columns.Length != 6 || !int.TryParse(columns[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index)) continue;
            string gpu = string.Create(CultureInfo.InvariantCulture, $"system/gpu_{index}_");
            // A value that a GPU does not report is "[N/A]".
            double? use = Number(columns[1]), used = Number(columns[2]), total = Number(columns[3]), power = Number(columns[4]), limit = Number(columns[5]);
            if (use is { } percent) figures.Add((gpu + "utilization_percentage", percent));
            if (used is { } mebibytes) figures.Add((gpu + "memory_usage_megabytes", mebibytes * 1.048576));
            if (used is { } part && total is > 0) figures.Add((gpu + "memory_usage_percentage", 100 * part / total.Value));
            if (power is { } watts) figures.Add((gpu + "power_usage_watts", watts));
            if (power is { } drawn && limit is > 0) figures.Add((gpu + "power_usage_percentage", 100 * drawn / limit.Value));
        }
    }

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;

    private static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended meanwhile.
        }
    }
}
