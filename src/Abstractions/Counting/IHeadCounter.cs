namespace HiEndMae.Counting;

/// <summary>A config of a head that knows what the head will cost; nothing is made.</summary>
public interface IHeadCounter
{
    /// <summary>Parts in the order they run.</summary>
    IReadOnlyList<OperationCount> Count(HeadContext context);
}
