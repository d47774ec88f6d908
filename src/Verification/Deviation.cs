namespace HiEndMae.Verification;

/// <summary>How far a result is from a golden's.</summary>
/// <param name="What">Which result, such as "gradient norms (worst: encoder.norm.bias)".</param>
/// <param name="Largest">The largest difference, relative to the golden's largest value.</param>
/// <param name="Tolerance">The largest difference that is allowed.</param>
public sealed record Deviation(string What, double Largest, double Tolerance)
{
    /// <summary>Whether the difference is allowed. NaN is not.</summary>
    public bool IsWithin => Largest <= Tolerance;
}
