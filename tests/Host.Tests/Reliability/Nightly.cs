namespace HiEndMae.Host.Tests.Reliability;

/// <summary>The switch of the long suites, and the file that takes their figures for docs/reliability.md.</summary>
internal static class Nightly
{
    private static readonly Lock Writing = new();

    /// <summary>Whether the long suites run: HIENDMAE_NIGHTLY=1.</summary>
    public static bool IsOn => Environment.GetEnvironmentVariable("HIENDMAE_NIGHTLY") == "1";

    /// <summary>Skips the test unless the long suites run.</summary>
    public static void Require() => Assert.SkipUnless(IsOn, "Slow: set HIENDMAE_NIGHTLY=1.");

    /// <summary>Appends a line to the file that HIENDMAE_RELIABILITY names, if it names one.</summary>
    public static void Report(string line)
    {
        TestContext.Current.SendDiagnosticMessage(line);
        if (Environment.GetEnvironmentVariable("HIENDMAE_RELIABILITY") is not { Length: > 0 } path) return;
        lock (Writing) File.AppendAllText(path, line + "\n");
    }
}
