using HiEndMae.Imaging;
using Microsoft.Extensions.FileSystemGlobbing.Abstractions;

namespace HiEndMae.Plugins.Datasets;

/// <summary>A folder in which patterns are matched. Hidden entries and links to a parent folder are skipped, so that every search ends.</summary>
internal sealed class VisibleFolder : DirectoryInfoBase
{
    private readonly string path;
    private readonly VisibleFolder? parent;
    private readonly string real;
    private readonly RealPaths paths;
    private readonly CancellationToken cancel;

    /// <summary>Opens the root folder of patterns.</summary>
    public VisibleFolder(string path, CancellationToken cancel) : this(Path.GetFullPath(path), null, new RealPaths(), cancel)
    {
    }

    private VisibleFolder(string path, VisibleFolder? parent, RealPaths paths, CancellationToken cancel)
    {
        this.path = path;
        this.parent = parent;
        this.paths = paths;
        this.cancel = cancel;
        real = paths.Of(path);
    }

    public override string Name => Path.GetFileName(path);

    public override string FullName => path;

    public override DirectoryInfoBase? ParentDirectory => parent ?? (Path.GetDirectoryName(path) is { } above ? new VisibleFolder(above, null, paths, cancel) : null);

    public override IEnumerable<FileSystemInfoBase> EnumerateFileSystemInfos()
    {
        cancel.ThrowIfCancellationRequested();
        if (!Directory.Exists(path)) yield break;
        foreach (string file in FolderListing.Files(path)) yield return new FileInfoWrapper(new FileInfo(file));
        foreach (string folder in FolderListing.Folders(path))
        {
            var child = new VisibleFolder(folder, this, paths, cancel);
            if (!child.IsLoop()) yield return child;
        }
    }

    public override DirectoryInfoBase GetDirectory(string path) => new VisibleFolder(Path.GetFullPath(Path.Combine(this.path, path)), path == ".." ? null : this, paths, cancel);

    public override FileInfoBase GetFile(string path) => new FileInfoWrapper(new FileInfo(Path.Combine(this.path, path)));

    private bool IsLoop()
    {
        for (VisibleFolder? above = parent; above is not null; above = above.parent)
        {
            if (above.real == real) return true;
        }
        return false;
    }
}
