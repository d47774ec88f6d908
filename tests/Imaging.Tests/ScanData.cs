using System.Reflection;

namespace HiEndMae.Imaging.Tests;

/// <summary>Real scans, which are no part of the repository: HIENDMAE_DATA, or a folder shared/data beside it.</summary>
internal static class ScanData
{
    public static string Find(string relative)
    {
        string root = typeof(ScanData).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!;
        string folder = Environment.GetEnvironmentVariable("HIENDMAE_DATA") is { Length: > 0 } named ? named : Path.Combine(root, "..", "shared", "data");
        string path = Path.Combine(folder, relative);
        Assert.SkipUnless(Path.Exists(path), $"There are no scans at '{path}'; set HIENDMAE_DATA.");
        return path;
    }
}
