using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using HiEndMae.Engine.Weights;
using HiEndMae.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

/// <summary>Checkpoints that are broken, or made to do harm: one clear error each, nothing run, nothing large allocated.</summary>
public sealed class HostileCheckpointTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-hostile-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_valid_checkpoint_is_read()
    {
        using DisposeScope scope = NewDisposeScope();
        using WeightFile file = WeightFile.Open(Write(Pickle()));
        WeightEntry entry = Assert.Single(file.Entries);
        Assert.Equal(("w", ScalarType.Float32), (entry.Name, entry.Type));
        Assert.Equal([1f, 2f, 3f, 4f], file.Read(entry).data<float>().ToArray());
        Assert.Equal("7", file.Metadata["epoch"]);
    }

    [Fact]
    public void Views_of_one_storage_and_strides_are_read()
    {
        using DisposeScope scope = NewDisposeScope();
        byte[] two = Build(p => { p.Mark().Text("a").Tensor("0", 4, 0, [2, 2], [1, 2]).Text("b").Tensor("0", 4, 3, [1], [1]).Op('u'); });
        using WeightFile file = WeightFile.Open(Write(two));
        Assert.Equal([1f, 3f, 2f, 4f], file.Read(file.Entries[0]).contiguous().data<float>().ToArray());
        Assert.Equal([4f], file.Read(file.Entries[1]).data<float>().ToArray());
    }

    [Theory]
    [InlineData("HalfStorage", ScalarType.Float16, 2)]
    [InlineData("BFloat16Storage", ScalarType.BFloat16, 2)]
    [InlineData("LongStorage", ScalarType.Int64, 8)]
    [InlineData("BoolStorage", ScalarType.Bool, 1)]
    public void Other_element_types_are_read(string storage, ScalarType type, int bytes)
    {
        using DisposeScope scope = NewDisposeScope();
        byte[] pickle = Build(p => p.Text("w").Tensor("0", 4, 0, [4], [1], storage).Op('s'));
        using WeightFile file = WeightFile.Open(Write(pickle, new byte[4 * bytes]));
        Assert.Equal(type, file.Read(Assert.Single(file.Entries)).dtype);
    }

    public static TheoryData<string, byte[]> Pickles()
    {
        var cases = new TheoryData<string, byte[]>();
        void Add(string what, byte[] pickle) => cases.Add(what, pickle);
        foreach (string call in (string[])["os system", "posix system", "builtins eval", "builtins exec", "subprocess Popen", "torch load", "torch.nn.modules.linear Linear", "argparse Namespace", "numpy.core.multiarray _reconstruct", "pathlib PosixPath", "torch.hub load", "__builtin__ getattr"])
            Add("names " + call, Build(p => p.Text("w").Global(call).Mark().Text("echo").Op('t').Op('R').Op('s')));
        Add("names a class by the stack", Build(p => p.Text("w").Text("os").Text("system").Byte(0x93).Op('s')));
        Add("makes an instance", Build(p => p.Text("w").Byte(0x81).Op('s')));
        Add("an instruction INST", Build(p => p.Op('i')));
        Add("an instruction OBJ", Build(p => p.Mark().Op('o')));
        Add("an extension", Build(p => p.Byte(0x82).Byte(1)));
        Add("a persistent text", Build(p => p.Op('P')));
        Add("no such instruction", Build(p => p.Byte(0xff)));
        Add("ends in the middle", Pickle()[..^12]);
        Add("empty", []);
        Add("pops nothing", [0x80, 2, (byte)'0', (byte)'.']);
        Add("marks nothing", [0x80, 2, (byte)'t', (byte)'.']);
        Add("remembers nothing", [0x80, 2, (byte)'h', 9, (byte)'.']);
        Add("is a number", [0x80, 2, (byte)'K', 9, (byte)'.']);
        Add("is an empty dictionary", [0x80, 2, (byte)'}', (byte)'.']);
        Add("holds no tensors", Build(p => p.Text("epoch").Byte((byte)'K').Byte(3).Op('s')));
        Add("a text of minus one", [0x80, 2, (byte)'X', 0xff, 0xff, 0xff, 0xff, (byte)'.']);
        Add("a text of two gigabytes", [0x80, 2, (byte)'X', 0xff, 0xff, 0xff, 0x7f, (byte)'.']);
        Add("a number of 200 bytes", [0x80, 2, 0x8a, 200, .. new byte[200], (byte)'.']);
        Add("a negative size", Build(p => p.Text("w").Tensor("0", 4, 0, [-4], [1]).Op('s')));
        Add("a negative stride", Build(p => p.Text("w").Tensor("0", 4, 3, [4], [-1]).Op('s')));
        Add("a negative offset", Build(p => p.Text("w").Tensor("0", 4, -1, [4], [1]).Op('s')));
        Add("beyond its storage", Build(p => p.Text("w").Tensor("0", 4, 1, [4], [1]).Op('s')));
        Add("a stride beyond its storage", Build(p => p.Text("w").Tensor("0", 4, 0, [4], [1000]).Op('s')));
        Add("sizes that overflow", Build(p => p.Text("w").Tensor("0", 4, 0, [int.MaxValue, int.MaxValue, int.MaxValue], [int.MaxValue, int.MaxValue, int.MaxValue]).Op('s')));
        Add("one element a billion times", Build(p => p.Text("w").Tensor("0", 4, 0, [1_000_000_000], [0]).Op('s')));
        Add("sizes and strides of other lengths", Build(p => p.Text("w").Tensor("0", 4, 0, [4], [1, 1]).Op('s')));
        Add("many dimensions", Build(p => p.Text("w").Tensor("0", 4, 0, [.. Enumerable.Repeat(1, 40)], [.. Enumerable.Repeat(1, 40)]).Op('s')));
        Add("a storage of another length", Build(p => p.Text("w").Tensor("0", 5, 0, [5], [1]).Op('s')));
        Add("a storage of a petabyte", Build(p => p.Text("w").Tensor("0", int.MaxValue, 0, [int.MaxValue], [1]).Op('s')));
        Add("no such storage", Build(p => p.Text("w").Tensor("1", 4, 0, [4], [1]).Op('s')));
        Add("a storage by a path", Build(p => p.Text("w").Tensor("../0", 4, 0, [4], [1]).Op('s')));
        Add("a storage without a name", Build(p => p.Text("w").Tensor("", 4, 0, [4], [1]).Op('s')));
        Add("a storage of no type", Build(p => p.Text("w").Tensor("0", 4, 0, [4], [1], "ComplexFloatStorage").Op('s')));
        Add("a tensor of a text", Build(p => p.Text("w").Global("torch._utils _rebuild_tensor_v2").Mark().Text("x").Op('t').Op('R').Op('s')));
        Add("state of a text", Build(p => p.Text("w").Text("x").Op('b')));
        Add("a key that is null", Build(p => p.Op('N').Op('N').Op('s')));
        return cases;
    }

    [Theory]
    [MemberData(nameof(Pickles))]
    public void A_hostile_pickle_is_one_clear_error(string what, byte[] pickle) => Refused(what, Write(pickle));

    [Theory]
    [InlineData("no pickle")]
    [InlineData("two pickles")]
    [InlineData("a storage twice")]
    [InlineData("big-endian")]
    [InlineData("cut in the middle")]
    [InlineData("garbage behind the signature")]
    [InlineData("the old format")]
    public void A_hostile_archive_is_one_clear_error(string what)
    {
        string path = Write(Pickle());
        switch (what)
        {
            case "no pickle": Zip(path, ("a/data/0", new byte[16])); break;
            case "two pickles": Zip(path, ("a/data.pkl", Pickle()), ("b/data.pkl", Pickle())); break;
            case "a storage twice": Zip(path, ("a/data.pkl", Pickle()), ("a/data/0", new byte[16]), ("a/data/0", new byte[16])); break;
            case "big-endian": Zip(path, ("a/data.pkl", Pickle()), ("a/data/0", new byte[16]), ("a/byteorder", "big"u8.ToArray())); break;
            case "cut in the middle": File.WriteAllBytes(path, File.ReadAllBytes(path)[..200]); break;
            case "garbage behind the signature": File.WriteAllBytes(path, [.. "PK\x03\x04"u8, .. new byte[400]]); break;
            default: File.WriteAllBytes(path, [0x80, 2, 0x8a, 10, .. new byte[40]]); break;
        }
        Refused(what, path);
    }

    [Fact]
    public void Damaged_archives_and_pickles_are_read_or_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        string path = Write(Pickle());
        int read = Fuzz.Run(File.ReadAllBytes(path), bytes =>
        {
            File.WriteAllBytes(path, bytes);
            ReadAll(path);
        }, static error => error is CheckpointException);
        read += Fuzz.Run(Pickle(), bytes => ReadAll(Write(bytes)), static error => error is CheckpointException);
        Assert.InRange(read, 1, 2 * Fuzz.Rounds - 1);

        static void ReadAll(string path)
        {
            using DisposeScope inner = NewDisposeScope();
            using WeightFile file = WeightFile.Open(path);
            foreach (WeightEntry entry in file.Entries) file.Read(entry);
        }
    }

    [Theory]
    [InlineData("{\"w\":{\"dtype\":\"F99\",\"shape\":[1],\"data_offsets\":[0,4]}}")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,4]}}")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[1]}}")]
    [InlineData("{\"w\":{\"dtype\":3,\"shape\":[1],\"data_offsets\":[0,4]}}")]
    [InlineData("{\"w\":[]}")]
    [InlineData("[1,2]")]
    [InlineData("{not json")]
    public void A_hostile_safetensors_header_is_one_clear_error(string header)
    {
        string path = Path.Combine(folder, "hostile.safetensors");
        byte[] text = Encoding.UTF8.GetBytes(header), length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        File.WriteAllBytes(path, [.. length, .. text, 0, 0, 0, 0]);
        Refused(header, path);
    }

    // As the reference reader (huggingface/safetensors), which refuses both.
    [Theory]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}", 12, "overlaps")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "overlaps")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}", 12, "4 unused bytes before 'b'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "4 unused bytes before 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 9, "5 unused bytes after")]
    public void Safetensors_with_overlaps_or_holes_are_refused(string header, int bytes, string message)
    {
        string path = Path.Combine(folder, "holes.safetensors");
        byte[] text = Encoding.UTF8.GetBytes(header), length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        File.WriteAllBytes(path, [.. length, .. text, .. new byte[bytes]]);
        Assert.Contains(message, Assert.Throws<CheckpointException>(() => WeightFile.Open(path)).Message);
    }

    [Theory]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.NoCompression)]
    public void A_size_that_an_archive_claims_is_not_allocated_before_the_bytes_arrive(CompressionLevel level)
    {
        const int Stated = 1 << 30;
        string path = Path.Combine(folder, "stated.pth");
        Zip(path, level, ("archive/data.pkl", Build(p => p.Text("w").Tensor("0", Stated / 4, 0, [Stated / 4], [1]).Op('s'))), ("archive/data/0", new byte[4096]));
        byte[] bytes = File.ReadAllBytes(path);
        // The central directory's entry of the storage: uncompressed size at 24, name at 46; and for an uncompressed entry the other size at 20, too.
        int name = bytes.AsSpan().LastIndexOf("archive/data/0"u8) - 46;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(name + 24), Stated);
        if (level == CompressionLevel.NoCompression) BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(name + 20), Stated);
        File.WriteAllBytes(path, bytes);
        using DisposeScope scope = NewDisposeScope();
        using WeightFile file = WeightFile.Open(path);
        long before = Environment.WorkingSet;
        CheckpointException error = Assert.Throws<CheckpointException>(() => file.Read(Assert.Single(file.Entries)));
        Assert.Contains("stated.pth", error.Message);
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 100 << 20);
    }

    private static void Refused(string what, string path)
    {
        using DisposeScope scope = NewDisposeScope();
        CheckpointException error = Assert.Throws<CheckpointException>(() =>
        {
            using WeightFile file = WeightFile.Open(path);
            foreach (WeightEntry entry in file.Entries) file.Read(entry);
        });
        Assert.Contains(Path.GetFileName(path), error.Message);
        Assert.InRange(error.Message.Length, 20, 1000);
        Assert.NotEmpty(what);
    }

    private string Write(byte[] pickle, byte[]? storage = null)
    {
        string path = Path.Combine(folder, "hostile.pth");
        var values = new byte[16];
        for (int i = 0; i < 4; i++) BinaryPrimitives.WriteSingleLittleEndian(values.AsSpan(4 * i), i + 1);
        Zip(path, ("archive/data.pkl", pickle), ("archive/data/0", storage ?? values));
        return path;
    }

    private static void Zip(string path, params (string Name, byte[] Bytes)[] entries) => Zip(path, CompressionLevel.NoCompression, entries);

    private static void Zip(string path, CompressionLevel level, params (string Name, byte[] Bytes)[] entries)
    {
        using var zip = new ZipArchive(new FileStream(path, FileMode.Create), ZipArchiveMode.Create);
        foreach ((string name, byte[] bytes) in entries)
        {
            using Stream stream = zip.CreateEntry(name, level).Open();
            stream.Write(bytes);
        }
    }

    private static byte[] Pickle() => Build(p => p.Text("epoch").Byte((byte)'K').Byte(7).Op('s').Text("state_dict").Op('}').Text("module.w").Tensor("0", 4, 0, [4], [1]).Op('s').Op('s'));

    private static byte[] Build(Action<PickleBuilder> content)
    {
        var builder = new PickleBuilder();
        builder.Byte(0x80).Byte(2).Op('}');
        content(builder);
        builder.Op('.');
        return [.. builder.Bytes];
    }

    /// <summary>Instructions of a pickle, written out.</summary>
    private sealed class PickleBuilder
    {
        public List<byte> Bytes { get; } = [];

        public PickleBuilder Byte(byte value)
        {
            Bytes.Add(value);
            return this;
        }

        public PickleBuilder Op(char op) => Byte((byte)op);

        public PickleBuilder Mark() => Op('(');

        public PickleBuilder Text(string text)
        {
            Op('X');
            Number(Encoding.UTF8.GetByteCount(text));
            Bytes.AddRange(Encoding.UTF8.GetBytes(text));
            return this;
        }

        public PickleBuilder Global(string names)
        {
            Op('c');
            Bytes.AddRange(Encoding.UTF8.GetBytes(names.Replace(' ', '\n') + "\n"));
            return this;
        }

        public PickleBuilder Tensor(string storage, int count, int offset, int[] shape, int[] strides, string type = "FloatStorage")
        {
            Global("torch._utils _rebuild_tensor_v2").Mark();
            Mark().Text("storage").Global("torch " + type).Text(storage).Text("cpu").Int(count).Op('t').Op('Q');
            Int(offset).Sizes(shape).Sizes(strides).Byte(0x89).Global("collections OrderedDict").Op(')').Op('R');
            return Op('t').Op('R');
        }

        private PickleBuilder Int(int value)
        {
            Op('J');
            Number(value);
            return this;
        }

        private PickleBuilder Sizes(int[] values)
        {
            Mark();
            foreach (int value in values) Int(value);
            return Op('t');
        }

        private void Number(int value)
        {
            var bytes = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
            Bytes.AddRange(bytes);
        }
    }
}
