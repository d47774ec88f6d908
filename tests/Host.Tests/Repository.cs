using System.Reflection;

namespace HiEndMae.Host.Tests;

/// <summary>Where the sources and the built program lie.</summary>
internal static class Repository
{
    public static string Root { get; } = Metadata("RepositoryRoot");

    public static string HostOutput { get; } = Metadata("HostOutput");

    public static string Configuration { get; } = Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(HostOutput)))!;

    public static string Plugins { get; } = Path.Combine(HostOutput, "plugins");

    public static string Experiment(string name) => Path.Combine(Root, "experiments", name);

    private static string Metadata(string key) => typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
