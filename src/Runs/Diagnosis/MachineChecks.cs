using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Mlflow;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;
using Microsoft.Data.Sqlite;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Diagnosis;

/// <summary>Checks everything that an experiment needs besides its file. Every fault becomes a finding; no exception is thrown.</summary>
/// <param name="environment">Plugins, variables and the clock.</param>
/// <param name="output">Folder of run directories.</param>
/// <param name="draw">Draws a small picture, which loads the native library of pictures.</param>
internal sealed class MachineChecks(RunEnvironment environment, string output, Action draw)
{
    private const int ProductSize = 1024;
    private const double FewGibibytes = 5, Gibibyte = 1 << 30;
    private const string DataVariable = "HIENDMAE_DATA";

    /// <summary>Runs every check.</summary>
    public IEnumerable<Finding> Run()
    {
        yield return Program();
        yield return Guarded("processor", Processor);
        yield return Guarded("memory", Memory);
        Finding tensors = Guarded("libtorch", Libtorch);
        yield return tensors;
        if (tensors.State != FindingState.Fault)
        {
            yield return Guarded("arithmetic", Arithmetic);
            yield return Guarded("GPU", Gpu);
        }
        yield return Guarded("native libraries", NativeLibraries);
        foreach (Finding finding in Plugins()) yield return finding;
        yield return Guarded("runs", () => WritableFolder("runs", Path.GetFullPath(output)));
        yield return Guarded("cache", () => WritableFolder("cache", DataServices.AutomaticFolder(Path.GetFullPath(output))));
        yield return Guarded("data", Data);
        yield return Guarded("tracking", Tracking);
    }

    private static Finding Program() => new(
        "program", FindingState.Good,
        $"{typeof(MachineChecks).Assembly.GetName().Version}, plugin contract {PluginReader.Contract}, numerics {NumericsVersion.Current}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}");

    private static Finding Guarded(string check, Func<Finding> run)
    {
        try
        {
            return run();
        }
        // A check that fails in an unexpected way is a finding like any other.
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Exception cause = error is TypeInitializationException && error.InnerException is { } inner ? inner : error;
            return new Finding(check, FindingState.Fault, $"{cause.GetType().Name}: {cause.Message.Split('\n')[0]}", AdviceFor(cause));
        }
    }

    private static string AdviceFor(Exception error) => error switch
    {
        DllNotFoundException => "A native library is missing or does not load. Build the program again on this machine; on Linux, 'ldd' on the library names what is missing.",
        IOException or UnauthorizedAccessException => "Choose another folder with --out, or mend the permissions.",
        _ => "",
    };

    private Finding Processor()
    {
        string threads = environment.GetVariable("OMP_NUM_THREADS") is { Length: > 0 } limit ? $", OMP_NUM_THREADS = {limit}" : "";
        return new Finding("processor", FindingState.Good, $"{Environment.ProcessorCount} cores for this process, {RuntimeInformation.ProcessArchitecture}{threads}");
    }

    private static Finding Memory()
    {
        double gibibytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Gibibyte;
        return gibibytes < FewGibibytes
            ? new Finding("memory", FindingState.Warning, Said(gibibytes), "Use small crops, volumes = 1 and [cache] store = \"disk\".")
            : new Finding("memory", FindingState.Good, Said(gibibytes));

        static string Said(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.0} GiB for this process");
    }

    private Finding Libtorch()
    {
        DeviceChoice.Prepare("cpu", environment.GetVariable);
        using Tensor one = ones(1);
        string folder = Process.GetCurrentProcess().Modules.Cast<ProcessModule>().FirstOrDefault(module => module.ModuleName.Contains("torch_cpu", StringComparison.Ordinal)) is { FileName: { } file }
            ? $" from '{Path.GetDirectoryName(file)}'"
            : "";
        return new Finding("libtorch", FindingState.Good, $"loaded{folder}, TorchSharp {typeof(torch).Assembly.GetName().Version}, {get_num_threads()} threads, allocator {DeviceChoice.Allocator}");
    }

    private static Finding Arithmetic()
    {
        using DisposeScope scope = NewDisposeScope();
        // The product of two matrices of ones has only one right answer.
        Tensor ones = torch.ones(ProductSize, ProductSize);
        _ = ones.mm(ones);
        var clock = Stopwatch.StartNew();
        Tensor product = ones.mm(ones);
        double seconds = clock.Elapsed.TotalSeconds;
        float smallest = product.min().item<float>(), largest = product.max().item<float>();
        string rate = string.Create(CultureInfo.InvariantCulture, $"a matrix product of size {ProductSize} runs at {2.0 * ProductSize * ProductSize * ProductSize / seconds / 1e9:0} GFLOP/s");
        return smallest == ProductSize && largest == ProductSize
            ? new Finding("arithmetic", FindingState.Good, rate)
            : new Finding("arithmetic", FindingState.Fault, $"a product that must be {ProductSize} everywhere lies between {smallest} and {largest}", "Run 'hiendmae verify'. If it fails as well, suspect the memory or the processor.");
    }

    private static Finding Gpu() => cuda.is_available()
        ? new Finding("GPU", FindingState.Good, $"{cuda.device_count()} visible")
        : new Finding("GPU", FindingState.Good, "none visible; the CPU is used", "A GPU needs the NVIDIA driver, and a build with -p:Cuda=true or --libtorch with the torch/lib of a PyTorch for CUDA.");

    private Finding NativeLibraries()
    {
        using var database = new SqliteConnection("Data Source=:memory:");
        draw();
        return new Finding("native libraries", FindingState.Good, $"SQLite {database.ServerVersion} for tracking and SkiaSharp for pictures are loaded");
    }

    private IEnumerable<Finding> Plugins()
    {
        PluginCatalog? catalog = null;
        Finding read = Guarded("plugins", () =>
        {
            catalog = PluginCatalog.Load(environment);
            return new Finding("plugins", FindingState.Good, $"{catalog.Plugins.Count(plugin => plugin.Fault is null)} loaded from {string.Join(" and ", PluginFolders.Of(environment).Existing.Select(folder => $"'{folder}'"))}, {catalog.Components.Count} components");
        });
        yield return read;
        foreach (string fault in catalog?.Faults ?? []) yield return new Finding("plugins", FindingState.Warning, fault, "Experiments that name none of its components run.");
    }

    private static Finding WritableFolder(string check, string folder)
    {
        // The check leaves nothing behind, because the first run creates the folder.
        string existing = folder;
        while (!Directory.Exists(existing) && Path.GetDirectoryName(existing) is { } parent) existing = parent;
        string probe = Path.Combine(existing, $".hiendmae-{Guid.NewGuid():N}");
        using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
        {
        }
        double free = new DriveInfo(existing).AvailableFreeSpace / Gibibyte;
        string text = string.Create(CultureInfo.InvariantCulture, $"'{folder}' can be written, {free:0.0} GiB free");
        return free < FewGibibytes
            ? new Finding(check, FindingState.Warning, text, "Checkpoints and prepared cases may not fit. Set [cache] limit and --out, or make room.")
            : new Finding(check, FindingState.Good, text);
    }

    private Finding Data() => environment.GetVariable(DataVariable) switch
    {
        null or "" => new Finding("data", FindingState.Good, $"{DataVariable} is not set", "Experiments on real scans read the folder that it names. The quickstart needs none."),
        { } folder when Directory.Exists(folder) => new Finding("data", FindingState.Good, $"{DataVariable} = '{folder}'"),
        { } folder => new Finding("data", FindingState.Fault, $"{DataVariable} names '{folder}', which does not exist", "Set it to the folder of your scans."),
    };

    private Finding Tracking()
    {
        try
        {
            TrackingTarget target = TrackingTarget.Parse("", Path.GetFullPath(output), environment.GetVariable);
            if (target.Server is null) return new Finding("tracking", FindingState.Good, $"into {target}");
            MlflowClientOptions patience = MlflowClientOptions.Of(environment.GetVariable) with { MaxRetries = 0, AttemptTimeout = TimeSpan.FromSeconds(10) };
            target.Open(environment.GetVariable, environment.Clock, patience).PresenceOf(new string('0', 32));
            return new Finding("tracking", FindingState.Good, $"the server {target} answers");
        }
        catch (TrackingException error)
        {
            return new Finding("tracking", FindingState.Warning, error.Message, "Runs go on without the server; 'hiendmae track sync' sends what waits.");
        }
    }
}
