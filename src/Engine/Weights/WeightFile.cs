using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights;

/// <summary>A file of weights, open: what it holds is known, tensors are read one by one.</summary>
public abstract class WeightFile : IDisposable
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>"safetensors" or "pytorch".</summary>
    public abstract string Format { get; }

    /// <summary>The tensors, in the file's order.</summary>
    public abstract IReadOnlyList<WeightEntry> Entries { get; }

    /// <summary>Texts and numbers beside the tensors.</summary>
    public abstract IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a safetensors file, a PyTorch zip checkpoint, or a checkpoint folder of this program; the content decides, not the name.</summary>
    /// <exception cref="CheckpointException">There is no such file, or it is broken or of another kind.</exception>
    public static WeightFile Open(string path)
    {
        path = CheckpointStore.WeightsOf(path);
        try
        {
            // Eight bytes of length, then the header's first: safetensors has nothing else to be known by.
            Span<byte> magic = stackalloc byte[9];
            using (FileStream file = File.OpenRead(path))
            {
                if (file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) < magic.Length) throw new CheckpointException($"The file of weights '{path}' is broken: it has {file.Length} bytes.");
            }
            if (magic.StartsWith("PK\x03\x04"u8)) return PytorchFile.Open(path);
            if (magic[0] == 0x80 && magic[^1] != '{') throw new CheckpointException($"'{path}' is a checkpoint in PyTorch's format before 1.6; load it with a newer PyTorch and save it again.");
            return SafetensorsFile.Open(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw error is FileNotFoundException or DirectoryNotFoundException
                ? new CheckpointException($"There is no file of weights '{path}'.", error)
                : new CheckpointException($"The file of weights '{path}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Reads one tensor, on the CPU; it belongs to the current dispose scope.</summary>
    /// <exception cref="CheckpointException">The file is broken.</exception>
    public abstract Tensor Read(WeightEntry entry);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the file.</summary>
    protected abstract void Dispose(bool disposing);
}
