using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace HiEndMae.TorchRepairs;

/// <summary>Takes libtorch from a folder of the machine, such as an installed PyTorch's <c>torch/lib</c>, instead of the program's own. Linux only.</summary>
/// <remarks>
/// Gap: TorchSharp loads the libtorch that lies beside it, and CUDA builds of it are not on every package feed (not reported upstream). Shown by: LibtorchFolderTests. Remove it once TorchSharp takes a folder.
/// A library that is loaded already satisfies others that need one of its name. So the folder's libraries are loaded before TorchSharp's own, which then finds them.
/// </remarks>
public sealed partial class LibtorchFolder
{
    /// <summary>The version of libtorch that TorchSharp was built for.</summary>
    public const string Version = "2.10.0";

    private const string Native = "libLibTorchSharp.so", Core = "libtorch_cpu.so", Cuda = "libtorch_cuda.so", Stub = "libtorch.so";
    private const int NamedSymbols = 3;

    // In the order in which they need each other. A folder without CUDA has fewer.
    private static readonly string[] Libraries = ["libc10.so", Core, "libc10_cuda.so", "libtorch_cuda_linalg.so", Cuda, Stub];

    private LibtorchFolder(string path) => Path = path;

    /// <summary>Full path of the folder.</summary>
    public string Path { get; }

    /// <summary>Checks that a folder holds a libtorch that TorchSharp works with. Nothing is loaded.</summary>
    /// <param name="folder">Folder that contains libtorch_cpu.so.</param>
    /// <param name="programFolder">Folder of the program, which contains TorchSharp's native library.</param>
    /// <exception cref="LibtorchFolderException">It does not, or this is not Linux.</exception>
    public static LibtorchFolder Check(string folder, string programFolder)
    {
        if (!OperatingSystem.IsLinux()) throw new LibtorchFolderException("A folder of libtorch can be chosen on Linux only; leave out --libtorch and HIENDMAE_LIBTORCH.");
        string full = System.IO.Path.GetFullPath(folder);
        if (!File.Exists(System.IO.Path.Combine(full, Core)))
            throw new LibtorchFolderException($"'{full}' has no {Core}; give the folder of libtorch's libraries, such as .../site-packages/torch/lib.");
        string native = ((string[])[System.IO.Path.Combine(programFolder, "runtimes", "linux-x64", "native", Native), System.IO.Path.Combine(programFolder, Native)]).FirstOrDefault(File.Exists)
            ?? throw new LibtorchFolderException($"The program's folder '{programFolder}' has no {Native}; build the program for Linux x64.");
        if (VersionOf(full) is { } version && version != Version)
            throw new LibtorchFolderException($"'{full}' is of PyTorch {version}, but this program needs {Version}; install that version, or leave out --libtorch and HIENDMAE_LIBTORCH.");
        string[] missing = Missing(full, native);
        if (missing.Length > 0)
        {
            throw new LibtorchFolderException(
                $"The libtorch in '{full}' lacks {missing.Length} functions that this program needs, such as {string.Join(", ", missing.Take(NamedSymbols))}; take libtorch {Version} for Linux x64 (C++11 ABI).");
        }
        return new LibtorchFolder(full);
    }

    /// <summary>Loads this libtorch. Called once, before any tensor is made.</summary>
    public void Load()
    {
        foreach (string library in Libraries.Where(Has)) _ = NativeLibrary.Load(System.IO.Path.Combine(Path, library));
        // TorchSharp asks for "torch_cpu" and "torch_cuda", and would find the program's own files first.
        string stub = System.IO.Path.Combine(Path, Stub);
        if (!Has(Stub) || !ElfAlias.Load(stub, Core)) throw new LibtorchFolderException($"'{stub}' is missing, or does not need {Core}; install libtorch {Version} again.");
        if (Has(Cuda)) _ = ElfAlias.Load(stub, Cuda);
    }

    private bool Has(string library) => File.Exists(System.IO.Path.Combine(Path, library));

    // PyTorch writes its version beside the folder of its libraries, as 2.10.0+cu128.
    private static string? VersionOf(string folder)
    {
        string file = System.IO.Path.Combine(folder, "..", "version.py");
        if (!File.Exists(file)) return null;
        Match match = WrittenVersion().Match(File.ReadAllText(file));
        return match.Success ? match.Groups[1].Value : null;
    }

    private static string[] Missing(string folder, string native)
    {
        var needed = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            ElfSymbols.Read(native, (name, defined) =>
            {
                if (!defined && IsOfLibtorch(name)) needed.Add(Encoding.ASCII.GetString(name));
            });
            var names = needed.GetAlternateLookup<ReadOnlySpan<char>>();
            foreach (string library in Libraries.Select(name => System.IO.Path.Combine(folder, name)).Where(File.Exists))
            {
                ElfSymbols.Read(library, (name, defined) =>
                {
                    if (!defined) return;
                    Span<char> text = stackalloc char[name.Length];
                    names.Remove(text[..Encoding.ASCII.GetChars(name, text)]);
                });
            }
        }
        catch (InvalidDataException error)
        {
            throw new LibtorchFolderException($"{error.Message} Install libtorch {Version} again.");
        }
        return [.. needed.Order(StringComparer.Ordinal)];
    }

    // Mangled names of the namespaces at, c10, torch and caffe2.
    private static bool IsOfLibtorch(ReadOnlySpan<byte> name) =>
        name.StartsWith("_Z"u8) && (name.IndexOf("N2at"u8) >= 0 || name.IndexOf("NK2at"u8) >= 0 || name.IndexOf("3c10"u8) >= 0 || name.IndexOf("5torch"u8) >= 0 || name.IndexOf("6caffe2"u8) >= 0);

    [GeneratedRegex("""__version__\s*=\s*['"](\d+\.\d+\.\d+)""")]
    private static partial Regex WrittenVersion();
}
