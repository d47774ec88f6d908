namespace HiEndMae.Engine;

/// <summary>
/// The version of the program's numbers. Raise it with every change after which a training or an evaluation gives other numbers;
/// a changed golden is a sign of this. Results of one version are not mixed with those of another unless the user says so.
/// </summary>
public static class NumericsVersion
{
    /// <summary>The version of this program.</summary>
    public const int Current = 5;
}
