namespace HiEndMae;

/// <summary>A <see cref="TokenEncoder"/> whose queries, keys and values can be watched, so that its attention can be analysed.</summary>
/// <remarks>An encoder implements this when each block attends over all tokens of a sample. Blocks that attend within windows have no such rows.</remarks>
public interface ITracedEncoder
{
    /// <summary>Watches every forward pass until the result is disposed. The forward pass computes the same bits as without an observer.</summary>
    /// <param name="observe">Receives the blocks of a pass in their order. It must copy what it keeps.</param>
    IDisposable Trace(Action<BlockTrace> observe);
}
