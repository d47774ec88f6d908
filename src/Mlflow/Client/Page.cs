namespace HiEndMae.Mlflow;

/// <summary>One page of a listing.</summary>
/// <typeparam name="T">Type of the items.</typeparam>
/// <param name="Items">In the server's order.</param>
/// <param name="NextPageToken">Token for the next page; null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextPageToken);
