using System.Text;

namespace HiEndMae.Engine.Collectives;

/// <summary>Further operations that use the calls of <see cref="IProcessGroup"/>.</summary>
public static class ProcessGroupExtensions
{
    /// <summary>Whether this process writes files and messages.</summary>
    public static bool IsFirst(this IProcessGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return group.Rank == 0;
    }

    /// <summary>Returns whether a condition holds on any rank. The result is the same on all ranks.</summary>
    public static bool Any(this IProcessGroup group, bool mine)
    {
        ArgumentNullException.ThrowIfNull(group);
        if (group.Size == 1) return mine;
        Span<double> all = stackalloc double[group.Size];
        group.Gather([mine ? 1 : 0], all);
        return all.ContainsAnyExcept(0);
    }

    /// <summary>Sums a number over the ranks in the order of <see cref="SumTree"/>.</summary>
    public static double Sum(this IProcessGroup group, double mine)
    {
        ArgumentNullException.ThrowIfNull(group);
        if (group.Size == 1) return mine;
        Span<double> all = stackalloc double[group.Size];
        group.Gather([mine], all);
        return SumTree.Of(all);
    }

    /// <summary>Returns the text of rank 0 on every rank.</summary>
    public static string Broadcast(this IProcessGroup group, string text)
    {
        ArgumentNullException.ThrowIfNull(group);
        return group.Size == 1 ? text : Encoding.UTF8.GetString(group.Broadcast(Encoding.UTF8.GetBytes(text)));
    }
}
