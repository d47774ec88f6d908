using System.Diagnostics;
using System.Runtime.InteropServices;
using HiEndMae.Bench.Shared;
using HiEndMae.Engine.Collectives;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Bench.Processes;

/// <summary>Measures sums over processes by size. Beside each it prints the time in which all processes copy as many bytes at once.</summary>
internal static unsafe class SumRace
{
    private const string MeetingVariable = "HIENDMAE_BENCH_MEETING";
    private static readonly long[] Lengths = [1 << 16, 1 << 20, 1 << 22, 1 << 24, 100_000_000];

    public static int Run(int ranks)
    {
        foreach (string transport in (string[])["mpi", "gloo"])
        {
            string meeting = Directory.CreateTempSubdirectory("hiendmae-bench-").FullName;
            try
            {
                Console.Write(Launch.End(Launch.Mpi(ranks, new Dictionary<string, string> { [MeetingVariable] = meeting, [ProcessGroups.TransportVariable] = transport, ["GLOO_SOCKET_IFNAME"] = "lo" }, OwnProcess.Command("sum-rank"))));
            }
            finally
            {
                // Gloo's ranks remove it.
                if (Directory.Exists(meeting)) Directory.Delete(meeting, recursive: true);
            }
        }
        return 0;
    }

    /// <summary>What each process does.</summary>
    public static int Rank()
    {
        ProcessPlace place = ProcessPlace.Of(Environment.GetEnvironmentVariable);
        using IProcessGroup group = ProcessGroups.Join(place, Environment.GetEnvironmentVariable(MeetingVariable)!, Environment.GetEnvironmentVariable);
        // The order of two numbers does not matter, so two processes sum in the same way with and without the tree.
        if (group.IsFirst()) Launch.Print($"{group.Size} processes, {group.Description}, load {Launch.Load}\n  {"MB",8} {"memcpy ms",10} {"sum ms",9} {"times",7} {"GB/s",6}{(group.Size > 2 ? $" {"tree ms",9} {"times",7}" : "")}");
        foreach (long length in Lengths)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor values = zeros(length);
            long bytes = length * sizeof(float);
            void* from = NativeMemory.AlignedAlloc((nuint)bytes, 64), to = NativeMemory.AlignedAlloc((nuint)bytes, 64);
            NativeMemory.Fill(from, (nuint)bytes, 1);
            NativeMemory.Clear(to, (nuint)bytes);
            int repeats = length >= 1 << 24 ? 7 : 21;
            var times = new List<(double Copy, double Plain, double Tree)>();
            for (int i = 0; i <= repeats; i++)
            {
                (double, double, double) one = (
                    Seconds(group, () => NativeMemory.Copy(from, to, (nuint)bytes)), Seconds(group, () => group.Sum(values, fixedOrder: false)),
                    group.Size > 2 ? Seconds(group, () => group.Sum(values, fixedOrder: true)) : 0);
                if (i > 0) times.Add(one);
            }
            NativeMemory.AlignedFree(from);
            NativeMemory.AlignedFree(to);
            double copy = Timing.Median(times.Select(one => one.Copy)), plain = Timing.Median(times.Select(one => one.Plain)), tree = Timing.Median(times.Select(one => one.Tree));
            if (group.IsFirst()) Launch.Print($"  {bytes / 1e6,8:F3} {1e3 * copy,10:F3} {1e3 * plain,9:F3} {plain / copy,7:F1} {bytes / plain / 1e9,6:F2}{(group.Size > 2 ? FormattableString.Invariant($" {1e3 * tree,9:F3} {tree / copy,7:F1}") : "")}");
        }
        return 0;
    }

    // All processes begin together, and the time is that of the slowest.
    private static double Seconds(IProcessGroup group, Action action)
    {
        group.Barrier();
        long start = Stopwatch.GetTimestamp();
        action();
        double mine = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Span<double> all = stackalloc double[group.Size];
        group.Gather([mine], all);
        double slowest = 0;
        foreach (double one in all) slowest = Math.Max(slowest, one);
        return slowest;
    }
}
