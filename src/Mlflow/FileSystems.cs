namespace HiEndMae.Mlflow;

/// <summary>Determines the kind of file system of a path.</summary>
internal static class FileSystems
{
    private static readonly string[] Shared =
        ["nfs", "cifs", "smb", "9p", "lustre", "beegfs", "gpfs", "ceph", "afs", "glusterfs", "fuse", "ocfs", "gfs", "panfs", "orangefs", "pvfs", "vboxsf", "prl_fs", "virtiofs"];

    /// <summary>Whether it is a network file system. False if it is unknown.</summary>
    public static bool IsShared(string path)
    {
        if (OperatingSystem.IsWindows() && path.StartsWith(@"\\", StringComparison.Ordinal)) return true;
        try
        {
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            var drive = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder);
            return drive.DriveType == DriveType.Network || Shared.Any(name => drive.DriveFormat.StartsWith(name, StringComparison.OrdinalIgnoreCase));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }
}
