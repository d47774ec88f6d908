using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights;

/// <summary>An open file of weights. Its content is listed, and tensors are read one by one.</summary>
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

    /// <summary>Opens a safetensors file, a PyTorch zip checkpoint, or a checkpoint folder of this program. The format is recognised by content, not by name.</summary>
    /// <exception cref="CheckpointException">The file is missing, damaged, or in another format.</exception>
    public static WeightFile Open(string path)
    {
        path = CheckpointStore.WeightsOf(path);
        try
        {
            // Safetensors has no magic number: it begins with eight bytes of length and the '{' of its header.
            Span<byte> magic = stackalloc byte[9];
            using (FileStream file = File.OpenRead(path))
            {
                if (file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) < magic.Length) throw new CheckpointException($"The file of weights '{path}' is damaged: it has only {file.Length} bytes.");
            }
            if (magic.StartsWith("PK\x03\x04"u8)) return PytorchFile.Open(path);
            if (magic[0] == 0x80 && magic[^1] != '{') throw new CheckpointException($"'{path}' is a checkpoint in PyTorch's format before 1.6; load it with a newer PyTorch and save it again.");
            return SafetensorsFile.Open(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw error is FileNotFoundException or DirectoryNotFoundException
                ? new CheckpointException($"The file of weights '{path}' does not exist.", error)
                : new CheckpointException($"The file of weights '{path}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Reads one tensor to the CPU. It belongs to the current dispose scope.</summary>
    /// <exception cref="CheckpointException">The file is damaged.</exception>
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
