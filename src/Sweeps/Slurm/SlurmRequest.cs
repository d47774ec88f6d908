using System.Globalization;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Stages;

namespace HiEndMae.Sweeps.Slurm;

/// <summary>Options of sbatch for the jobs of one kind of stage.</summary>
internal static class SlurmRequest
{
    /// <summary>Returns the options.</summary>
    /// <param name="config">The [slurm] table of the file.</param>
    /// <param name="kind">Pre-training or fine-tuning.</param>
    public static IReadOnlyList<string> Options(SlurmConfig config, StageKind kind)
    {
        SlurmStageConfig own = (kind == StageKind.Pretrain ? config.Pretrain : config.Finetune) ?? new SlurmStageConfig();
        var options = new List<string>();
        Add("partition", Or(own.Partition, config.Partition));
        Add("account", Or(own.Account, config.Account));
        Add("qos", Or(own.Qos, config.Qos));
        Add("gres", Or(own.Gres, config.Gres));
        Add("mem", Or(own.Memory, config.Memory));
        int cpus = own.Cpus > 0 ? own.Cpus : config.Cpus;
        if (cpus > 0) Add("cpus-per-task", cpus.ToString(CultureInfo.InvariantCulture));
        if ((own.Time ?? config.Time) is { } time)
        {
            Add("time", Text(time));
            Add("signal", string.Create(CultureInfo.InvariantCulture, $"B:USR1@{config.SignalSeconds}"));
        }
        return [.. options, .. config.Extra, .. own.Extra];

        void Add(string name, string value)
        {
            if (value.Length > 0) options.Add($"--{name}={value}");
        }
    }

    // SLURM accepts whole minutes, or days-hours:minutes:seconds.
    private static string Text(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalDays}-{time.Hours:00}:{time.Minutes:00}:{time.Seconds:00}");

    private static string Or(string own, string common) => own.Length > 0 ? own : common;
}
