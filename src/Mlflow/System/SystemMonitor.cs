using System.Buffers.Text;

namespace HiEndMae.Mlflow;

/// <summary>Reads system metrics under the names of MLflow's Python client. Not thread-safe.</summary>
/// <param name="folder">A folder on the disk whose free space is measured.</param>
/// <param name="procFolder">The proc file system of Linux.</param>
/// <param name="gpus">Reads the figures of GPUs; null for none.</param>
/// <param name="clock">Time between readings.</param>
internal sealed class SystemMonitor(string folder, string procFolder, NvidiaSmi? gpus, TimeProvider clock)
{
    public const string Cpu = "system/cpu_utilization_percentage";

    /// <summary>Name of the metric that every reading contains.</summary>
    public const string Memory = "system/process_memory_megabytes";

    private const double Mega = 1e6;
    private readonly byte[] buffer = new byte[16 << 10];
    private readonly string statFile = Path.Combine(procFolder, "stat"), memoryFile = Path.Combine(procFolder, "meminfo"), networkFile = Path.Combine(procFolder, "net", "dev");
    private readonly bool isLinux = File.Exists(Path.Combine(procFolder, "stat"));
    private (long Busy, long All) lastCpu;
    private (long Received, long Sent)? firstNetwork;
    private (TimeSpan Used, long At) lastProcess;

    /// <summary>Adds the metrics that can be read. CPU use needs an earlier reading.</summary>
    public void Read(List<(string Key, double Value)> figures)
    {
        if (isLinux) ReadLinux(figures);
        else ReadAnywhere(figures);
        figures.Add((Memory, Environment.WorkingSet / Mega));
        ReadDisk(figures);
        gpus?.Read(figures);
    }

    private void ReadLinux(List<(string Key, double Value)> figures)
    {
        // "cpu  user nice system idle iowait irq softirq steal ..." in ticks; iowait is idle too.
        ReadOnlySpan<byte> line = FirstLine(ReadFile(statFile));
        long busy = 0, all = 0;
        int column = 0;
        while (NextNumber(ref line) is { } ticks && column < 8)
        {
            all += ticks;
            if (column is not (3 or 4)) busy += ticks;
            column++;
        }
        if (lastCpu.All > 0 && all > lastCpu.All) figures.Add((Cpu, 100.0 * (busy - lastCpu.Busy) / (all - lastCpu.All)));
        lastCpu = (busy, all);

        ReadOnlySpan<byte> memory = ReadFile(memoryFile);
        double total = Field(memory, "MemTotal:"u8) * 1024.0, available = Field(memory, "MemAvailable:"u8) * 1024.0;
        if (total > 0) AddMemory(figures, total - available, total);

        (long Received, long Sent) network = Network(ReadFile(networkFile));
        (long Received, long Sent) first = firstNetwork ??= network;
        figures.Add(("system/network_receive_megabytes", (network.Received - first.Received) / Mega));
        figures.Add(("system/network_transmit_megabytes", (network.Sent - first.Sent) / Mega));
    }

    // On Windows and macOS, only this process is measured.
    private void ReadAnywhere(List<(string Key, double Value)> figures)
    {
        TimeSpan used = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? Environment.CpuUsage.TotalTime : TimeSpan.Zero;
        long now = clock.GetTimestamp();
        if (lastProcess.At > 0 && clock.GetElapsedTime(lastProcess.At, now) is { Ticks: > 0 } elapsed)
            figures.Add((Cpu, 100.0 * (used - lastProcess.Used).Ticks / elapsed.Ticks / Environment.ProcessorCount));
        lastProcess = (used, now);
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        if (memory.TotalAvailableMemoryBytes > 0) AddMemory(figures, memory.MemoryLoadBytes, memory.TotalAvailableMemoryBytes);
    }

    private static void AddMemory(List<(string Key, double Value)> figures, double used, double total)
    {
        figures.Add(("system/system_memory_usage_megabytes", used / Mega));
        figures.Add(("system/system_memory_usage_percentage", 100 * used / total));
    }

    private void ReadDisk(List<(string Key, double Value)> figures)
    {
        var drive = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder);
        double total = drive.TotalSize, free = drive.AvailableFreeSpace;
        figures.Add(("system/disk_usage_megabytes", (total - free) / Mega));
        figures.Add(("system/disk_available_megabytes", free / Mega));
        if (total > 0) figures.Add(("system/disk_usage_percentage", 100 * (total - free) / total));
    }

    // The buffer is reused, so that readings allocate little.
    private ReadOnlySpan<byte> ReadFile(string path)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            int count = 0;
            while (count < buffer.Length && file.Read(buffer, count, buffer.Length - count) is > 0 and var read) count += read;
            return buffer.AsSpan(0, count);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static (long Received, long Sent) Network(ReadOnlySpan<byte> text)
    {
        long received = 0, sent = 0;
        while (text.Length > 0)
        {
            ReadOnlySpan<byte> line = FirstLine(text);
            text = text[Math.Min(text.Length, line.Length + 1)..];
            int colon = line.IndexOf((byte)':');
            if (colon < 0 || line[..colon].Trim((byte)' ').SequenceEqual("lo"u8)) continue;
            ReadOnlySpan<byte> numbers = line[(colon + 1)..];
            for (int column = 0; column < 9 && NextNumber(ref numbers) is { } value; column++)
            {
                if (column == 0) received += value;
                if (column == 8) sent += value;
            }
        }
        return (received, sent);
    }

    private static long Field(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        int at = text.IndexOf(name);
        if (at < 0) return 0;
        ReadOnlySpan<byte> rest = FirstLine(text[(at + name.Length)..]);
        return NextNumber(ref rest) ?? 0;
    }

    private static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> text) => text.IndexOf((byte)'\n') is >= 0 and var end ? text[..end] : text;

    private static long? NextNumber(ref ReadOnlySpan<byte> line)
    {
        int start = line.IndexOfAnyInRange((byte)'0', (byte)'9');
        if (start < 0 || !Utf8Parser.TryParse(line[start..], out long value, out int read)) return null;
        line = line[(start + read)..];
        return value;
    }
}
