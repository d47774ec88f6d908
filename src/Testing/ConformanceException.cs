namespace HiEndMae.Testing;

/// <summary>Thrown if a component breaks its contract. The message has a line for each failed check.</summary>
public sealed class ConformanceException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="component">What was checked, such as "the head 'unetr'".</param>
    /// <param name="failures">A sentence for each failed check.</param>
    public ConformanceException(string component, IReadOnlyList<string> failures)
        : base($"{component} does not keep its contract:{string.Concat(failures.Select(failure => $"{Environment.NewLine}- {failure}"))}") => Failures = failures;

    /// <summary>A sentence for each failed check.</summary>
    public IReadOnlyList<string> Failures { get; }
}
