using Mono.Cecil;

namespace HiEndMae.Architecture.Tests;

/// <summary>Which folders of a project use which, by the namespaces of its compiled types. A folder's name is its namespace.</summary>
internal sealed class FolderGraph
{
    private readonly SortedDictionary<string, SortedDictionary<string, string>> arrows = new(StringComparer.Ordinal);

    private FolderGraph()
    {
    }

    /// <summary>Folders of the project.</summary>
    public IEnumerable<string> Folders => arrows.Keys;

    /// <summary>Reads an assembly.</summary>
    public static FolderGraph Of(string assembly)
    {
        using AssemblyDefinition definition = AssemblyDefinition.ReadAssembly(assembly);
        var graph = new FolderGraph();
        TypeDefinition[] types = [.. definition.MainModule.Types.Where(IsWritten)];
        HashSet<string> own = [.. types.Select(type => type.FullName)];
        foreach (TypeDefinition type in types) graph.Folder(type.Namespace);
        foreach (TypeDefinition type in types)
        {
            foreach (TypeReference used in TypeUses.Of(type).Where(used => own.Contains(used.FullName) && used.Namespace != type.Namespace))
                graph.Folder(type.Namespace).TryAdd(used.Namespace, $"{type.Name} uses {used.Name}");
        }
        return graph;
    }

    /// <summary>Arrows that lie on a circle, each with an example. Empty where all arrows run one way.</summary>
    public IReadOnlyList<string> Circles() =>
        [.. arrows.SelectMany(folder => folder.Value.Where(arrow => Reaches(arrow.Key, folder.Key)).Select(arrow => $"{folder.Key} -> {arrow.Key} ({arrow.Value})"))];

    private SortedDictionary<string, string> Folder(string name)
    {
        if (!arrows.TryGetValue(name, out SortedDictionary<string, string>? used)) arrows[name] = used = new SortedDictionary<string, string>(StringComparer.Ordinal);
        return used;
    }

    private bool Reaches(string from, string to)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { from };
        var waiting = new Queue<string>(seen);
        while (waiting.TryDequeue(out string? folder))
        {
            if (folder == to) return true;
            foreach (string next in Folder(folder).Keys.Where(seen.Add)) waiting.Enqueue(next);
        }
        return false;
    }

    // What compilers and generators of regular expressions, JSON and imports add is nobody's to arrange.
    private static bool IsWritten(TypeDefinition type) => type.Namespace.StartsWith("HiEndMae", StringComparison.Ordinal) && !type.Name.Contains('<', StringComparison.Ordinal);
}
