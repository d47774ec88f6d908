using System.Diagnostics;
using System.Globalization;

namespace HiEndMae.Bench.Imaging;

/// <summary>Times actions in turn, so that all run under the same load. The others are compared with the first by processor time, because a busy machine does not lengthen it.</summary>
internal sealed class Race
{
    private readonly List<(string Name, Action Run)> runners = [];
    private double[] best = [], busy = [];
    private long[] allocated = [];

    public void Add(string name, Action run) => runners.Add((name, run));

    public void Run(int rounds)
    {
        best = [.. runners.Select(_ => double.MaxValue)];
        busy = [.. runners.Select(_ => double.MaxValue)];
        allocated = new long[runners.Count];
        using var process = Process.GetCurrentProcess();
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < runners.Count; i++)
            {
                GC.Collect();
                long before = GC.GetTotalAllocatedBytes(precise: true), start = Stopwatch.GetTimestamp();
                process.Refresh();
                double used = process.TotalProcessorTime.TotalMilliseconds;
                runners[i].Run();
                best[i] = Math.Min(best[i], Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                process.Refresh();
                busy[i] = Math.Min(busy[i], process.TotalProcessorTime.TotalMilliseconds - used);
                allocated[i] = GC.GetTotalAllocatedBytes(precise: true) - before;
            }
        }
    }

    public void Print()
    {
        for (int i = 0; i < runners.Count; i++)
        {
            string ratio = i == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{busy[i] / busy[0],6:F2} x");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{best[i],8:F1} ms, {busy[i],6:F1} ms of processor {ratio,8}  {allocated[i] / 1e6,7:F1} MB  {runners[i].Name}"));
        }
        Console.WriteLine();
    }
}
