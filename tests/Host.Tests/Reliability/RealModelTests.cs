using System.Diagnostics;
using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;

namespace HiEndMae.Host.Tests.Reliability;

/// <summary>A model that a run has logged and registered is loaded by Python's MLflow and gives the labels that the program gives. Set HIENDMAE_MLFLOW to run it.</summary>
public sealed class RealModelTests
{
    private const string Script = """
        import sys
        import mlflow
        import numpy as np

        uri, name, source, target = sys.argv[1:]
        mlflow.set_tracking_uri(uri)
        mlflow.set_registry_uri(uri)
        model = mlflow.pyfunc.load_model(name)
        labels = model.predict(np.load(source))
        np.save(target, np.ascontiguousarray(labels, dtype=np.uint8))
        print(type(model._model_impl).__name__)
        """;

    [Theory]
    [InlineData("a network that MONAI has", true, false)]
    [InlineData("a network that MONAI has, by percentiles", true, true)]
    [InlineData("another network", false, false)]
    public async Task Python_loads_the_model_and_gives_the_same_labels(string what, bool isUnetr, bool byPercentiles)
    {
        string? python = Environment.GetEnvironmentVariable("HIENDMAE_MLFLOW");
        Assert.SkipWhen(string.IsNullOrEmpty(python), "Set HIENDMAE_MLFLOW to a Python interpreter that has mlflow, such as /opt/venv/bin/python.");
        using var host = new HostFixture();
        string text = Samples.Tiny + "\n[tracking]\nregister = \"organs\"\n";
        if (isUnetr) text = text.Replace("depth = 10", "depth = 12", StringComparison.Ordinal).Replace("patch_size = 8", "patch_size = 16", StringComparison.Ordinal).Replace("crop = 16", "crop = 32", StringComparison.Ordinal).Replace("grid = 24", "grid = 40", StringComparison.Ordinal);
        string[] settings = byPercentiles ? ["--set", "finetune.data.intensity.kind=\"percentiles\"", "--set", "pretrain.data.intensity.kind=\"percentiles\""] : [];
        int code = await host.RunAsync(["run", host.Write("tiny.toml", text), "--out", host.Folder, "--set", "finetune.init=[\"scratch\"]", "--set", "finetune.steps=20", "--set", "finetune.optimizer.lr=0.01", .. settings]);
        Assert.True(code == ExitCodes.Done, host.Error);
        string run = Directory.GetDirectories(Path.Combine(host.Folder, "tiny")).Single(), database = Path.Combine(host.Folder, "mlflow.db");
        Assert.Equal(isUnetr, (await File.ReadAllTextAsync(Path.Combine(run, "finetune-scratch", "model", "pyfunc.json"), TestContext.Current.CancellationToken)).Contains("\"feature_size\"", StringComparison.Ordinal));

        // On the model's own grid, so that both see the same voxels.
        var size = new Size3(40, 36, 44);
        string scan = Path.Combine(host.Folder, "scan.nii.gz"), output = Path.Combine(host.Folder, "labels");
        float[] voxels = [.. Enumerable.Range(0, (int)size.Count).Select(i => (float)(300 * Math.Sin(i * 0.37) + i % 97))];
        NiftiWriter.Write(scan, new Volume<float>(1, size, Affine.FromSpacing(Spacing3.Isotropic(12)), voxels), TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("predict", run, scan, "--out", output));
        ushort[] expected = NiftiReader.ReadLabel(Path.Combine(output, "scan_seg.nii.gz"), TestContext.Current.CancellationToken).Voxels;

        string script = host.Write("load.py", Script), source = Path.Combine(host.Folder, "scan.npy"), target = Path.Combine(host.Folder, "labels.npy");
        new Engine.Data.Cases.NpyHeader("<f4", [1, 1, size.X, size.Y, size.Z]).Write(source, System.Runtime.InteropServices.MemoryMarshal.AsBytes(voxels.AsSpan()));
        await Run(python!, ["-m", "mlflow", "db", "upgrade", $"sqlite:///{database}"], host.Folder);
        string printed = await Run(python!, [script, $"sqlite:///{database}", "models:/organs/1", source, target], host.Folder);
        byte[] labels = (await File.ReadAllBytesAsync(target, TestContext.Current.CancellationToken))[^(int)size.Count..];
        double equal = labels.Zip(expected, (a, b) => a == b ? 1.0 : 0).Average();
        Assert.True(expected.Distinct().Count() > 1, "a model that gives one label everywhere shows nothing");
        // Another order of additions may decide a tie the other way. After 20 steps there are many near ties.
        Assert.InRange(equal, 0.999, 1);
        Nightly.Report($"model in Python | {what} | {equal:P4} of {size.Count} voxels equal | {printed.Trim().Split('\n')[^1]}");
    }

    private static async Task<string> Run(string program, string[] args, string folder)
    {
        var start = new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        start.Environment["HIENDMAE_PROGRAM"] = ProgramProcess.Program;
        start.Environment["MLFLOW_DISABLE_TELEMETRY"] = "true";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await error);
        return output;
    }
}
