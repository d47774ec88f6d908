using System.Buffers.Binary;
using System.Text;
using HiEndMae.Configuration;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights;

/// <summary>Reads the pickle of a PyTorch checkpoint into tensors, numbers, texts, dictionaries, lists and tuples, and nothing else.</summary>
/// <remarks>A pickle is a program. This reader knows the instructions that build these values, torch's storage classes, and the functions
/// that create a tensor from a storage. It refuses every other class by name. Source: the instructions in Python's pickletools, protocols 0 to 5.</remarks>
internal ref struct PickleReader
{
    private const int MostItems = 50_000_000;

    private static readonly Dictionary<string, ScalarType> Storages = new()
    {
        ["torch.FloatStorage"] = ScalarType.Float32, ["torch.DoubleStorage"] = ScalarType.Float64, ["torch.HalfStorage"] = ScalarType.Float16,
        ["torch.BFloat16Storage"] = ScalarType.BFloat16, ["torch.LongStorage"] = ScalarType.Int64, ["torch.IntStorage"] = ScalarType.Int32,
        ["torch.ShortStorage"] = ScalarType.Int16, ["torch.CharStorage"] = ScalarType.Int8, ["torch.ByteStorage"] = ScalarType.Byte, ["torch.BoolStorage"] = ScalarType.Bool,
    };

    private static readonly HashSet<string> Known = [.. Storages.Keys, "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_parameter", "collections.OrderedDict", "torch.Size"];

    private readonly ReadOnlySpan<byte> bytes;
    private readonly string path;
    private readonly List<object?> stack = [];
    private readonly Stack<int> marks = [];
    private readonly Dictionary<long, object?> memo = [];
    private int at;

    private PickleReader(ReadOnlySpan<byte> bytes, string path)
    {
        this.bytes = bytes;
        this.path = path;
    }

    /// <summary>Returns the value that the pickle builds.</summary>
    /// <param name="bytes">data.pkl.</param>
    /// <param name="path">The checkpoint, for messages.</param>
    /// <exception cref="CheckpointException">The pickle builds something else, or is damaged.</exception>
    public static object? Read(ReadOnlySpan<byte> bytes, string path)
    {
        var reader = new PickleReader(bytes, path);
        try
        {
            return reader.Run();
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or InvalidCastException or IndexOutOfRangeException or OverflowException or KeyNotFoundException or NullReferenceException)
        {
            throw Broken(path, $"its pickle is wrong at byte {reader.at}");
        }
    }

    private object? Run()
    {
        while (true)
        {
            byte op = Take(1)[0];
            if (stack.Count > MostItems || memo.Count > MostItems) throw Broken(path, "its pickle has too many items");
            switch (op)
            {
                case 0x80: Take(1); break; // PROTO
                case 0x95: Take(8); break; // FRAME
                case (byte)'.': return Pop();
                case (byte)'(': marks.Push(stack.Count); break;
                case (byte)'0': Pop(); break;
                case (byte)'2': stack.Add(stack[^1]); break;
                case (byte)'N': stack.Add(null); break;
                case 0x88: stack.Add(true); break;
                case 0x89: stack.Add(false); break;
                case (byte)'K': stack.Add((long)Take(1)[0]); break;
                case (byte)'M': stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
                case (byte)'J': stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
                case 0x8a: stack.Add(Long(Take(Take(1)[0]))); break;
                case (byte)'G': stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
                case (byte)'X': stack.Add(Text(BinaryPrimitives.ReadInt32LittleEndian(Take(4)))); break;
                case 0x8c: stack.Add(Text(Take(1)[0])); break;
                case 0x8d: stack.Add(Text(checked((int)BinaryPrimitives.ReadInt64LittleEndian(Take(8))))); break;
                case (byte)'U' or (byte)'C': stack.Add(Text(Take(1)[0])); break;
                case (byte)'T' or (byte)'B': stack.Add(Text(BinaryPrimitives.ReadInt32LittleEndian(Take(4)))); break;
                case (byte)']': stack.Add(new List<object?>()); break;
                case (byte)'a': Append([Pop()]); break;
                case (byte)'e': Append(PopMarked()); break;
                case (byte)')': stack.Add(Array.Empty<object?>()); break;
                case (byte)'t': stack.Add(PopMarked()); break;
                case 0x85 or 0x86 or 0x87: stack.Add(PopMany(op - 0x84)); break;
                case (byte)'}': stack.Add(new Dictionary<object, object?>()); break;
                case (byte)'s': SetItems(PopMany(2)); break;
                case (byte)'u': SetItems(PopMarked()); break;
                case (byte)'q': memo[Take(1)[0]] = stack[^1]; break;
                case (byte)'r': memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = stack[^1]; break;
                case 0x94: memo[memo.Count] = stack[^1]; break;
                case (byte)'h': stack.Add(memo[Take(1)[0]]); break;
                case (byte)'j': stack.Add(memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))]); break;
                case (byte)'c': stack.Add(Global($"{Line()}.{Line()}")); break;
                case 0x93:
                    object?[] names = PopMany(2);
                    stack.Add(Global($"{(string)names[0]!}.{(string)names[1]!}"));
                    break;
                case (byte)'Q': stack.Add(Storage((object?[])Pop()!)); break;
                case (byte)'R':
                    object?[] call = PopMany(2);
                    stack.Add(Make((PickleGlobal)call[0]!, (object?[])call[1]!));
                    break;
                case (byte)'b':
                    // The state of an OrderedDict contains versions of layers, which are not needed.
                    Pop();
                    if (stack[^1] is not Dictionary<object, object?>) throw Broken(path, "its pickle sets the state of an object that is not a dictionary");
                    break;
                default:
                    throw Broken(path, $"its pickle has the instruction 0x{op:x2}, which is not needed for weights");
            }
        }
    }

    private readonly object Make(PickleGlobal function, object?[] arguments)
    {
        switch (function.Name)
        {
            case "collections.OrderedDict":
                var dictionary = new Dictionary<object, object?>();
                if (arguments.Length == 1)
                {
                    foreach (object? pair in (List<object?>)arguments[0]!) dictionary[Items(pair)[0]!] = Items(pair)[1];
                }
                return dictionary;
            case "torch._utils._rebuild_tensor_v2":
                return Tensor((PickleStorage)arguments[0]!, (long)arguments[1]!, Sizes(arguments[2]), Sizes(arguments[3]));
            case "torch._utils._rebuild_parameter":
                return (PickleTensor)arguments[0]!;
            case "torch.Size":
                return Items(arguments[0]).ToArray();
            default:
                throw Broken(path, $"its pickle calls '{function.Name}', which is not needed for weights");
        }
    }

    private readonly PickleTensor Tensor(PickleStorage storage, long offset, long[] shape, long[] strides)
    {
        if (shape.Length != strides.Length || shape.Length > 16 || offset < 0 || shape.Any(edge => edge < 0) || strides.Any(stride => stride < 0))
            throw Broken(path, "a tensor has impossible sizes");
        bool isEmpty = shape.Contains(0);
        long last = isEmpty ? -1 : shape.Zip(strides).Aggregate(offset, (sum, edge) => checked(sum + checked((edge.First - 1) * edge.Second)));
        if (last >= storage.Count) throw Broken(path, $"a tensor reaches to element {last} of a storage of {storage.Count}");
        // A tensor with more elements than its storage repeats elements, and could claim any size.
        if (!isEmpty && shape.Aggregate(1L, (product, edge) => checked(product * edge)) > Math.Max(storage.Count, 1)) throw Broken(path, "a tensor has more elements than its storage");
        return new PickleTensor(storage, offset, shape, strides);
    }

    private readonly PickleStorage Storage(object?[] id)
    {
        if (id.Length < 5 || id[0] is not "storage" || id[1] is not PickleGlobal type || id[2] is not string key || id[4] is not long count || !Storages.TryGetValue(type.Name, out ScalarType scalar))
            throw Broken(path, "its pickle refers to an object that is not a storage");
        if (key.Length is 0 or > 20 || !key.All(char.IsAsciiDigit) || count < 0) throw Broken(path, $"its pickle names the storage '{NearestName.Shorten(key)}'");
        return new PickleStorage(key, scalar, count);
    }

    private readonly PickleGlobal Global(string name) => Known.Contains(name)
        ? new PickleGlobal(name)
        : throw Broken(path, $"its pickle names '{NearestName.Shorten(name)}', which is not needed for weights; save only the state dict with torch.save(model.state_dict(), ...)");

    private readonly void Append(object?[] items) => ((List<object?>)stack[^1]!).AddRange(items);

    private readonly void SetItems(object?[] items)
    {
        var dictionary = (Dictionary<object, object?>)stack[^1]!;
        for (int i = 0; i + 1 < items.Length; i += 2) dictionary[items[i]!] = items[i + 1];
    }

    private readonly object? Pop()
    {
        object? value = stack[^1];
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    private readonly object?[] PopMany(int count)
    {
        object?[] items = [.. stack[^count..]];
        stack.RemoveRange(stack.Count - count, count);
        return items;
    }

    private readonly object?[] PopMarked() => PopMany(stack.Count - marks.Pop());

    private static long[] Sizes(object? value) => [.. Items(value).Select(item => (long)item!)];

    private static IReadOnlyList<object?> Items(object? value) => (IReadOnlyList<object?>)value!;

    private static long Long(ReadOnlySpan<byte> little)
    {
        if (little.Length > 8) throw new OverflowException();
        long value = 0;
        for (int i = little.Length - 1; i >= 0; i--) value = (value << 8) | little[i];
        int unused = 64 - (8 * little.Length);
        return little.Length is 0 or 8 ? value : value << unused >> unused;
    }

    private string Text(int length) => Encoding.UTF8.GetString(Take(length));

    private string Line()
    {
        int end = bytes[at..].IndexOf((byte)'\n');
        string line = Encoding.UTF8.GetString(Take(end));
        Take(1);
        return line;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > bytes.Length - at) throw new ArgumentException("The pickle ends too early.", nameof(count));
        at += count;
        return bytes.Slice(at - count, count);
    }

    internal static CheckpointException Broken(string path, string what) => new($"The checkpoint '{path}' cannot be read: {what}.");
}
