using System.Runtime.InteropServices;

namespace HiEndMae.Mlflow;

/// <summary>Creates hard links, so that large files are not stored twice.</summary>
internal static partial class HardLink
{
    /// <summary>Creates a hard link.</summary>
    /// <returns>False if the file system does not support it, source and target are on different file systems, or the name is taken.</returns>
    public static bool TryCreate(string file, string name)
    {
        try
        {
            return OperatingSystem.IsWindows() ? CreateHardLink(name, file, 0) : Link(file, name) == 0;
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string file, string name);

    [LibraryImport("kernel32", EntryPoint = "CreateHardLinkW", StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLink(string name, string file, nint security);
}
