using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace HiEndMae.TorchRepairs;

/// <summary>Times every operator that the calling thread runs, from its creation to <see cref="Dispose"/>.</summary>
/// <remarks>
/// Gap: TorchSharp has no profiler (not reported upstream). Shown by: OperatorProfileTests. Remove it once TorchSharp has <c>torch.profiler</c>.
/// libtorch calls two functions around each operator (<c>at::addThreadLocalCallback</c>); its own profiler uses the same. On a GPU the times are those of starting an operator. Linux and macOS.
/// </remarks>
public sealed unsafe class OperatorProfile : IDisposable
{
    private const string Add = "_ZN2at22addThreadLocalCallbackENS_22RecordFunctionCallbackE", Remove = "_ZN2at14removeCallbackEm",
        Name = "_ZNK2at14RecordFunction4nameEv", InputSizes = "_ZN5torch8profiler4impl10inputSizesERKN2at14RecordFunctionEb";

    private readonly delegate* unmanaged<nint, byte*> nameOf;
    private readonly delegate* unmanaged<ulong, void> remove;
    private readonly delegate* unmanaged<Vector*, nint, byte, void> inputSizes;
    private readonly delegate* unmanaged<nint, void> delete;
    // libtorch holds their addresses, so this object keeps them alive.
    private readonly StartFunction start;
    private readonly EndFunction end;
    private readonly ulong handle;
    private readonly int thread = Environment.CurrentManagedThreadId;
    private readonly Stack<Running> running = new();
    private readonly Dictionary<(string Name, string Shapes), Sum> sums = [];
    private readonly StringBuilder text = new();
    private bool disposed;

    /// <summary>Begins to watch the calling thread.</summary>
    /// <exception cref="MissingFunctionException">This build of libtorch does not export a function.</exception>
    public OperatorProfile()
    {
        nint library = LibtorchContext.Open(LibtorchContext.CoreName);
        nint runtime = OperatingSystem.IsWindows() ? 0 : NativeLibrary.Load(OperatingSystem.IsMacOS() ? "libc++.1.dylib" : "libstdc++.so.6");
        nameOf = (delegate* unmanaged<nint, byte*>)Find(library, Name);
        remove = (delegate* unmanaged<ulong, void>)Find(library, Remove);
        inputSizes = (delegate* unmanaged<Vector*, nint, byte, void>)Find(library, InputSizes);
        delete = (delegate* unmanaged<nint, void>)Find(runtime, "_ZdlPv");
        (start, end) = (Start, End);
        var callback = new Callback { Start = Marshal.GetFunctionPointerForDelegate(start), End = Marshal.GetFunctionPointerForDelegate(end), Probability = 1, NeedsInputs = 1 };
        (callback.Scopes[Callback.Operators], callback.Scopes[Callback.AutogradNodes]) = (1, 1);
        handle = ((delegate* unmanaged<Callback, ulong>)Find(library, Add))(callback);
    }

    private delegate nint StartFunction(nint result, nint function);

    private delegate void EndFunction(nint function, nint context);

    /// <summary>The operators so far, the most expensive first.</summary>
    public IReadOnlyList<OperatorTime> Times => [.. sums
        .Select(sum => new OperatorTime(sum.Key.Name, sum.Key.Shapes, sum.Value.Calls, Stopwatch.GetElapsedTime(0, sum.Value.Own), Stopwatch.GetElapsedTime(0, sum.Value.Whole)))
        .OrderByDescending(time => time.Own)];

    /// <summary>Stops watching. Called on the thread that created the profile.</summary>
    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        remove(handle);
        GC.KeepAlive(start);
        GC.KeepAlive(end);
    }

    // Returns a null std::unique_ptr: the caller passes the place for it as the first argument.
    private nint Start(nint result, nint function)
    {
        *(nint*)result = 0;
        if (Environment.CurrentManagedThreadId == thread) running.Push(new Running((Marshal.PtrToStringUTF8((nint)nameOf(function)) ?? "", Shapes(function)), Stopwatch.GetTimestamp()));
        return result;
    }

    private void End(nint function, nint context)
    {
        // The profile may have begun inside an operator.
        if (Environment.CurrentManagedThreadId != thread || !running.TryPop(out Running? call)) return;
        long elapsed = Stopwatch.GetTimestamp() - call.Start;
        if (running.TryPeek(out Running? outer)) outer.Inner += elapsed;
        Sum sum = sums.TryGetValue(call.Key, out Sum? known) ? known : sums[call.Key] = new Sum();
        sum.Calls++;
        sum.Own += elapsed - call.Inner;
        sum.Whole += elapsed;
    }

    // One group of brackets for each tensor; arguments that are no tensors have no sizes.
    private string Shapes(nint function)
    {
        Vector shapes;
        inputSizes(&shapes, function, 0);
        text.Clear();
        for (var shape = (Vector*)shapes.Begin; shape < (Vector*)shapes.End; shape++)
        {
            if (shape->Begin == shape->End)
            {
                if (shape->Begin != 0) delete(shape->Begin);
                continue;
            }
            text.Append(text.Length == 0 ? "[" : " [");
            for (var size = (long*)shape->Begin; size < (long*)shape->End; size++)
                text.Append(CultureInfo.InvariantCulture, $"{(size > (long*)shape->Begin ? ", " : "")}{*size}");
            text.Append(']');
            delete(shape->Begin);
        }
        if (shapes.Begin != 0) delete(shapes.Begin);
        return text.ToString();
    }

    private static nint Find(nint library, string symbol) => library != 0 && NativeLibrary.TryGetExport(library, symbol, out nint address)
        ? address
        : throw new MissingFunctionException($"This build of libtorch does not export '{symbol}', which a profile by operator needs; measure without --profile.");

    // at::RecordFunctionCallback (ATen/record_function.h of PyTorch 2.10).
    [StructLayout(LayoutKind.Sequential)]
    private struct Callback
    {
        public const int Operators = 0, AutogradNodes = 1;
        public nint Start, End;
        public double Probability;
        public fixed byte Scopes[10];
        public byte NeedsInputs, NeedsOutputs, NeedsIds;
    }

    // std::vector: first element, end of the elements, end of the memory.
    [StructLayout(LayoutKind.Sequential)]
    private struct Vector
    {
        public nint Begin, End, Memory;
    }

    private sealed class Running((string Name, string Shapes) key, long start)
    {
        public (string Name, string Shapes) Key => key;

        public long Start => start;

        public long Inner { get; set; }
    }

    private sealed class Sum
    {
        public int Calls { get; set; }

        public long Own { get; set; }

        public long Whole { get; set; }
    }
}
