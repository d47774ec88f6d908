namespace HiEndMae.Engine;

/// <summary>
/// The version of the program's numbers. Raise it with every change after which a training or an evaluation gives other numbers;
/// a change of a golden is a reminder. Results of one version are not mixed with those of another unless the user says so.
/// </summary>
public static class NumericsVersion
{
    /// <summary>The version of this program.</summary>
    public const int Current = 4;
}
