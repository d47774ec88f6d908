using HiEndMae.ExperimentFiles;

using HiEndMae.Generators.Model;

namespace HiEndMae.Generators.Experiments;

/// <summary>All files of the project, by path, so that files can extend others.</summary>
internal sealed class ExperimentFileSet(EquatableArray<ParsedFile> files) : IEquatable<ExperimentFileSet>
{
    private readonly EquatableArray<ParsedFile> files = files;
    private readonly Dictionary<string, ParsedFile> byPath = files.GroupBy(file => System.IO.Path.GetFullPath(file.Path)).ToDictionary(group => group.Key, group => group.First());

    public ParsedFile? Find(string path) => byPath.TryGetValue(path, out ParsedFile? file) ? file : null;

    public bool Equals(ExperimentFileSet? other) => other is not null && files.Equals(other.files);

    public override bool Equals(object? obj) => Equals(obj as ExperimentFileSet);

    public override int GetHashCode() => files.GetHashCode();
}
