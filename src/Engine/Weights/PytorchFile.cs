using System.Globalization;
using System.IO.Compression;
using HiEndMae.Configuration;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights;

/// <summary>An open PyTorch checkpoint: a zip archive of a pickle and of storages (torch.save since 1.6).</summary>
internal sealed class PytorchFile : WeightFile
{
    private const long LongestPickle = 256 << 20;
    private const string Prefix = "module.";

    // Keys under which common training programs store the weights.
    private static readonly string[] StateKeys = ["state_dict", "model_state_dict", "model", "network_weights", "net", "weights", "student"];

    private readonly ZipArchive zip;
    private readonly string root;
    private readonly long archiveBytes;
    private readonly Dictionary<string, PickleTensor> tensors = new(StringComparer.Ordinal);
    private readonly List<WeightEntry> entries = [];
    private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);

    private PytorchFile(ZipArchive zip, string root, long archiveBytes)
    {
        this.zip = zip;
        this.root = root;
        this.archiveBytes = archiveBytes;
    }

    public override string Format => "pytorch";

    public override IReadOnlyList<WeightEntry> Entries => entries;

    public override IReadOnlyDictionary<string, string> Metadata => metadata;

    public static new PytorchFile Open(string path)
    {
        ZipArchive? zip = null;
        try
        {
            zip = ZipFile.OpenRead(path);
            ZipArchiveEntry[] pickles = [.. zip.Entries.Where(entry => entry.FullName.EndsWith("/data.pkl", StringComparison.Ordinal))];
            if (pickles.Length != 1) throw Broken(path, $"a checkpoint must have one data.pkl, but this archive has {pickles.Length}");
            if (zip.Entries.GroupBy(entry => entry.FullName).FirstOrDefault(group => group.Count() > 1) is { } twice) throw Broken(path, $"the archive has '{NearestName.Shorten(twice.Key)}' twice");
            var file = new PytorchFile(zip, pickles[0].FullName[..^"data.pkl".Length], new FileInfo(path).Length) { Path = path };
            if (zip.GetEntry(file.root + "byteorder") is { } order && file.Bytes(order, 16).AsSpan().SequenceEqual("big"u8)) throw Broken(path, "its numbers are big-endian; save it on another machine");
            file.Index(PickleReader.Read(file.Bytes(pickles[0], LongestPickle), path));
            return file;
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException or OverflowException or NotSupportedException or EndOfStreamException)
        {
            zip?.Dispose();
            throw Broken(path, error.Message.TrimEnd('.'));
        }
        catch
        {
            zip?.Dispose();
            throw;
        }
    }

    public override Tensor Read(WeightEntry entry)
    {
        PickleTensor view = tensors[entry.Name];
        try
        {
            ZipArchiveEntry storage = zip.GetEntry($"{root}data/{view.Storage.Key}") ?? throw Broken(Path, $"the storage of '{entry.Name}' is missing");
            long bytes = checked(view.Storage.Count * Safetensors.SizeOf(view.Storage.Type));
            // Checked before allocating: the pickle and the archive must agree on the size.
            if (storage.Length != bytes) throw Broken(Path, $"the storage of '{NearestName.Shorten(entry.Name)}' has {storage.Length} bytes, not {bytes}");
            if (bytes > int.MaxValue) throw Broken(Path, $"the storage of '{NearestName.Shorten(entry.Name)}' is larger than 2 GiB; save tensors in separate storages");
            CheckIsThere(storage);
            using DisposeScope scope = NewDisposeScope();
            Tensor all = empty(view.Storage.Count, view.Storage.Type);
            if (bytes > 0)
            {
                using Stream stream = storage.Open();
                stream.ReadExactly(all.bytes);
            }
            Tensor tensor = all.as_strided(view.Shape, view.Strides, view.Offset);
            bool isWhole = view.Offset == 0 && tensor.numel() == view.Storage.Count && tensor.is_contiguous();
            return (isWhole ? tensor : tensor.contiguous().clone()).MoveToOuterDisposeScope();
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or OverflowException)
        {
            throw Broken(Path, error.Message.TrimEnd('.'));
        }
    }

    protected override void Dispose(bool disposing) => zip.Dispose();

    private void Index(object? value)
    {
        if (value is not Dictionary<object, object?> outer) throw Broken(Path, "it contains no dictionary of weights");
        Dictionary<object, object?> state = outer;
        if (!outer.Values.Any(item => item is PickleTensor))
        {
            state = StateKeys.Select(key => outer.GetValueOrDefault(key)).OfType<Dictionary<object, object?>>().FirstOrDefault(inner => inner.Values.Any(item => item is PickleTensor))
                ?? throw Broken(Path, $"it contains no tensors, neither at the top level nor under {string.Join(", ", StateKeys)}; its keys are {NearestName.Shorten(string.Join(", ", outer.Keys))}");
            foreach ((object key, object? item) in outer) AddMetadata(key, item);
        }
        bool isWrapped = state.Where(pair => pair.Value is PickleTensor).All(pair => pair.Key is string name && name.StartsWith(Prefix, StringComparison.Ordinal));
        foreach ((object key, object? item) in state)
        {
            if (item is not PickleTensor tensor || key is not string name)
            {
                AddMetadata(key, item);
                continue;
            }
            if (isWrapped) name = name[Prefix.Length..];
            tensors[name] = tensor;
            entries.Add(new WeightEntry(name, tensor.Storage.Type, tensor.Shape));
        }
    }

    private void AddMetadata(object key, object? item)
    {
        if (item is string or long or double or bool) metadata[Convert.ToString(key, CultureInfo.InvariantCulture)!] = Convert.ToString(item, CultureInfo.InvariantCulture)!;
    }

    private byte[] Bytes(ZipArchiveEntry entry, long most)
    {
        if (entry.Length > most) throw Broken(Path, $"'{NearestName.Shorten(entry.FullName)}' is {entry.Length} bytes long");
        CheckIsThere(entry);
        using Stream stream = entry.Open();
        var bytes = new byte[entry.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    // An archive may state any size. Before memory is allocated for it, the bytes of a compressed entry are counted; an uncompressed one cannot be larger than the file.
    private void CheckIsThere(ZipArchiveEntry entry)
    {
        if (entry.Length <= Math.Min(entry.CompressedLength, archiveBytes)) return;
        long count = 0;
        if (entry.CompressedLength <= archiveBytes && entry.CompressedLength != entry.Length)
        {
            var buffer = new byte[1 << 16];
            using Stream stream = entry.Open();
            for (int read; (read = stream.Read(buffer)) > 0 && count <= entry.Length;) count += read;
        }
        if (count != entry.Length) throw Broken(Path, $"'{NearestName.Shorten(entry.FullName)}' states a size of {entry.Length} bytes, but has only {count}");
    }

    private static CheckpointException Broken(string path, string what) => PickleReader.Broken(path, what);
}
