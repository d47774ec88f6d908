namespace HiEndMae.Verification;

/// <summary>Deviation of a result from that of a golden.</summary>
/// <param name="What">The result, such as "gradient norms (worst: encoder.norm.bias)".</param>
/// <param name="Largest">Largest difference, relative to the largest value of the golden.</param>
/// <param name="Tolerance">Largest allowed difference.</param>
public sealed record Deviation(string What, double Largest, double Tolerance)
{
    /// <summary>Whether the difference is allowed. NaN is never allowed.</summary>
    public bool IsWithin => Largest <= Tolerance;
}
