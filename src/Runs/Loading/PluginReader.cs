using System.Reflection;
using HiEndMae.Configuration;
using McMaster.NETCore.Plugins;

namespace HiEndMae.Runs.Loading;

/// <summary>Reads one plugin folder. Any error becomes the plugin's fault text, never an exception.</summary>
internal static class PluginReader
{
    /// <summary>The contract of this program.</summary>
    public static Version Contract { get; } = new(ContractVersionAttribute.CurrentMajor, ContractVersionAttribute.CurrentMinor);

    // If a type is shared, the assemblies that its assembly references are shared too. So tensors and volumes have the same types in the plugin and the program, and the program's native libraries are used.
    private static readonly Type[] Shared = [typeof(IPluginManifest), typeof(TorchSharp.torch), typeof(Imaging.Size3), typeof(TorchRepairs.Recomputed), typeof(SectionSchema)];

    /// <summary>Names of the assemblies that plugins take from the program.</summary>
    public static IEnumerable<string> SharedNames => Shared.Select(type => type.Assembly.GetName().Name!);

    /// <summary>Loads the assembly of a folder in its own load context, which shares the contract and the tensor library with the program.</summary>
    /// <param name="folder">A folder NAME, which should contain NAME.dll.</param>
    /// <param name="inMemory">Reads the assemblies without keeping their files open, so that the folder can be moved afterwards.</param>
    public static PluginAssembly Read(string folder, bool inMemory = false)
    {
        string name = Path.GetFileName(folder), file = Path.GetFullPath(Path.Combine(folder, name + ".dll"));
        if (!File.Exists(file)) return Faulty(null, $"it has no assembly '{name}.dll'{Others(folder)}. The folder and the assembly must have the same name.");
        PluginHeader? header = null;
        try
        {
            header = PluginHeader.Read(file);
            if (FaultOf(header) is { } fault) return Faulty(header, fault);
            PluginLoader loader = PluginLoader.CreateFromAssemblyFile(file, Shared, config => config.LoadInMemory = inMemory);
            if (loader.LoadDefaultAssembly().GetCustomAttribute<PluginManifestAttribute>() is not { } attribute)
                return Faulty(header, "it offers no component. A component is a record with [Component] and a class that takes it, in a project that uses HiEndMae.Generators.");
            IReadOnlyList<ComponentDescriptor> components = ((IPluginManifest)Activator.CreateInstance(attribute.Manifest)!).Components;
            return new PluginAssembly(name, file, header.Version, header.Contract, components, null);
        }
        // A plugin is foreign code. Any exception may come out of it, and the other plugins must remain usable.
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Exception cause = error is TargetInvocationException or TypeInitializationException && error.InnerException is { } inner ? inner : error;
            return Faulty(header, $"{cause.GetType().Name}: {cause.Message.TrimEnd('.')}. Rebuild it against HiEndMae.Abstractions {Contract}, with every assembly that it needs in its folder.");
        }

        PluginAssembly Faulty(PluginHeader? read, string fault) => new(name, file, read?.Version, read?.Contract, [], $"The plugin '{name}' in '{folder}' cannot be used: {fault}");
    }

    private static string? FaultOf(PluginHeader header) => header.Contract switch
    {
        null => $"it was built against a contract without a version. Rebuild it against HiEndMae.Abstractions {Contract}.",
        { } built when built.Major != Contract.Major => $"it was built against contract {built}, and this program has {Contract}. {(built.Major > Contract.Major ? $"Use a program with contract {built.Major}, or rebuild" : "Rebuild")} the plugin against HiEndMae.Abstractions {Contract}.",
        { } built when built > Contract => $"it was built against contract {built}, and this program has {Contract}. Use a program with contract {built} or later.",
        _ => null,
    };

    private static string Others(string folder) =>
        Directory.GetFiles(folder, "*.dll") is { Length: > 0 } files ? $"; there are {string.Join(", ", files.Select(Path.GetFileName).Order(StringComparer.Ordinal).Take(5))}" : "";
}
