namespace HiEndMae.Counting;

/// <summary>Implemented by configs of heads to count the head's parameters and operations without creating it.</summary>
public interface IHeadCounter
{
    /// <summary>Counts the parts in the order in which they run.</summary>
    IReadOnlyList<OperationCount> Count(HeadContext context);
}
