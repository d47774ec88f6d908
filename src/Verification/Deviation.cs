namespace HiEndMae.Verification;

/// <summary>How far a result is from a golden's.</summary>
/// <param name="What">Which result, such as "gradient norms (worst: encoder.norm.bias)".</param>
/// <param name="Largest">Largest difference, relative to the golden's largest value.</param>
/// <param name="Tolerance">What is allowed.</param>
internal sealed record Deviation(string What, double Largest, double Tolerance)
{
    /// <summary>Whether it is within the tolerance; NaN is not.</summary>
    public bool IsWithin => Largest <= Tolerance;
}
