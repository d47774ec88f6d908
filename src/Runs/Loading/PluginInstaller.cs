using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.Runs.Machine;

namespace HiEndMae.Runs.Loading;

/// <summary>Adds plugins to a folder of the user and removes them. The plugins of the program itself are not touched.</summary>
internal sealed class PluginInstaller
{
    private const string NativeFolder = "runtimes";

    private readonly PluginFolders folders;
    private readonly RunEnvironment environment;

    /// <summary>Creates the installer.</summary>
    /// <param name="environment">The program's folder and the variables.</param>
    public PluginInstaller(RunEnvironment environment)
    {
        this.environment = environment;
        folders = PluginFolders.Of(environment);
    }

    /// <summary>Copies a plugin into the first folder of the user. Nothing is changed if the plugin cannot be used.</summary>
    /// <param name="source">A NuGet package, or a folder with the built assemblies.</param>
    /// <exception cref="UserException">There is no such file, it has no plugin, or the plugin cannot be used here.</exception>
    public InstalledPlugin Add(string source)
    {
        if (folders.Added.Count == 0) throw new UserException($"There is no folder for plugins of this user: HOME is not set. Name one in the variable {PluginFolders.Variable}.");
        string root = Directory.CreateDirectory(folders.Added[0]).FullName, work = Directory.CreateDirectory(Path.Combine(root, $".adding-{Guid.NewGuid():N}")).FullName;
        try
        {
            string files = Directory.CreateDirectory(Path.Combine(work, "files")).FullName;
            string? id = null;
            if (Directory.Exists(source)) CopyFolder(source, files);
            else if (!File.Exists(source)) throw new UserException($"There is no file and no folder '{source}'; give a NuGet package or the folder of a built plugin.");
            else if (Path.GetExtension(source).Equals(PluginPackage.Extension, StringComparison.OrdinalIgnoreCase)) id = PluginPackage.Unpack(source, files);
            else throw new UserException($"'{source}' is neither a folder nor a NuGet package (*{PluginPackage.Extension}).");
            RemoveShared(files);
            string name = NameIn(files, source, id), made = Path.Combine(work, name);
            Directory.Move(files, made);
            PluginAssembly plugin = Checked(made, source);
            return Replace(made, Path.Combine(root, name), plugin);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>Removes a plugin from the folders of the user.</summary>
    /// <param name="name">Name of the plugin.</param>
    /// <returns>The folder that was removed.</returns>
    /// <exception cref="UserException">There is no such plugin, or it belongs to the program.</exception>
    public string Remove(string name)
    {
        string[] there = [.. folders.Added.Where(Directory.Exists).SelectMany(PluginCatalog.FoldersIn)];
        if (there.FirstOrDefault(folder => Path.GetFileName(folder) == name) is not { } found)
        {
            string[] names = [.. there.Select(folder => Path.GetFileName(folder))];
            if (Directory.Exists(Path.Combine(folders.Program, name))) throw new UserException($"The plugin '{name}' is part of the program and cannot be removed.");
            throw new UserException($"No plugin '{name}' has been added; {(names.Length > 0 ? $"there are: {string.Join(", ", names)}{NearestName.Suggest(name, names)}" : "none has been added")}.");
        }
        // The rename comes first, so that a removal that is interrupted leaves no half of a plugin.
        string hidden = Path.Combine(Path.GetDirectoryName(found)!, $".removed-{Guid.NewGuid():N}");
        Directory.Move(found, hidden);
        Directory.Delete(hidden, recursive: true);
        return found;
    }

    private PluginAssembly Checked(string folder, string source)
    {
        string name = Path.GetFileName(folder);
        if (Directory.Exists(Path.Combine(folders.Program, name))) throw new UserException($"A plugin '{name}' is part of the program; give the assembly in '{source}' another name.");
        PluginAssembly plugin = PluginReader.Read(folder, inMemory: true);
        if (plugin.Fault is not null) throw new UserException(plugin.Fault.Replace($"'{folder}'", $"'{source}'", StringComparison.Ordinal));
        if (PluginReferences.MissingIn(folder) is { Count: > 0 } missing)
            throw new UserException($"The plugin '{name}' in '{source}' needs {string.Join(", ", missing)}, which neither it nor the program has. Build it with 'dotnet build' into one folder, or pack it with HiEndMae.Sdk, so that these assemblies are beside it.");
        PluginCatalog present = PluginCatalog.Load(environment);
        foreach (ComponentDescriptor component in plugin.Components)
        {
            if (present.Components.FirstOrDefault(other => other.Slot == component.Slot && other.Name == component.Name) is { } twin && present.OwnerOf(twin) is { } owner && owner.Name != name)
                throw new UserException($"The plugin '{name}' in '{source}' offers the {component.Slot.ToString().ToLowerInvariant()} '{component.Name}', which the plugin '{owner.Name}' in '{owner.Path}' offers too; rename it, or remove the other with 'hiendmae plugins remove {owner.Name}'.");
        }
        return plugin;
    }

    private static InstalledPlugin Replace(string made, string target, PluginAssembly plugin)
    {
        PluginIdentity? replaced = null;
        string? old = null;
        if (Directory.Exists(target))
        {
            PluginAssembly before = PluginReader.Read(target, inMemory: true);
            replaced = new PluginIdentity(before.Name, before.Version?.ToString() ?? "unknown", before.Sha256);
            old = Path.Combine(Path.GetDirectoryName(target)!, $".removed-{Guid.NewGuid():N}");
            Directory.Move(target, old);
        }
        try
        {
            Directory.Move(made, target);
        }
        catch (IOException) when (old is not null)
        {
            Directory.Move(old, target);
            throw;
        }
        if (old is not null) Directory.Delete(old, recursive: true);
        return new InstalledPlugin(plugin.In(target), replaced);
    }

    private static string NameIn(string files, string source, string? id)
    {
        string[] names = [.. Directory.GetFiles(files, "*.dll").Where(IsPlugin).Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];
        string folderName = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(source)));
        if (names.Length == 1) return names[0];
        if (names.FirstOrDefault(name => name == (id ?? folderName)) is { } same) return same;
        if (names.Length > 1) throw new UserException($"'{source}' has several plugins: {string.Join(", ", names)}. Put each into a folder of its own.");
        throw new UserException(Directory.Exists(source) && Directory.GetFiles(source, "*.csproj") is { Length: > 0 }
            ? $"'{source}' has a project but no built plugin; build it with 'dotnet build -c Release' and give its output folder, such as '{Path.Combine(source, "bin", "Release", "net10.0")}'."
            : $"'{source}' has no plugin: no assembly (*.dll) in it was built with HiEndMae.Generators.");
    }

    private static bool IsPlugin(string file)
    {
        try
        {
            return PluginHeader.Read(file).Contract is not null;
        }
        catch (BadImageFormatException)
        {
            return false; // a native library, or a damaged file
        }
    }

    // Copies the files and the folder of native libraries. Nothing else in an output folder is read at run time.
    private static void CopyFolder(string source, string target)
    {
        foreach (string file in Directory.GetFiles(source)) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        string natives = Path.Combine(source, NativeFolder);
        if (!Directory.Exists(natives)) return;
        foreach (string file in Directory.GetFiles(natives, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    // The program provides the contract, the tensor library and its native libraries. Copies of them would only take space.
    private static void RemoveShared(string folder)
    {
        foreach (string file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetFileName(file);
            bool shared = PluginReader.SharedNames.Any(known => name.Equals(known + ".dll", StringComparison.OrdinalIgnoreCase) || name.Equals(known + ".pdb", StringComparison.OrdinalIgnoreCase) || name.Equals(known + ".xml", StringComparison.OrdinalIgnoreCase));
            bool native = file.StartsWith(Path.Combine(folder, NativeFolder) + Path.DirectorySeparatorChar, StringComparison.Ordinal) && File.Exists(Path.Combine(AppContext.BaseDirectory, Path.GetRelativePath(folder, file)));
            if (shared || native) File.Delete(file);
        }
    }
}
