using System.Runtime.InteropServices;

namespace HiEndMae.Mlflow;

/// <summary>A second name for a file, so that a large one is not stored twice.</summary>
internal static partial class HardLink
{
    /// <summary>Makes the name.</summary>
    /// <returns>False where the file system cannot do that, as between two of them, or the name is taken.</returns>
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
