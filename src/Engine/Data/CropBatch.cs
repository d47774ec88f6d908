using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Data;

/// <summary>The crops of one optimiser step, in memory that is used again for later steps; pinned where the model is on a GPU.</summary>
public sealed class CropBatch : IDisposable
{
    private readonly Tensor images;
    private readonly Tensor? labels;

    /// <summary>Takes the memory.</summary>
    /// <param name="count">B.</param>
    /// <param name="channels">C.</param>
    /// <param name="crop">X, Y, Z.</param>
    /// <param name="withLabels">Whether there are labels.</param>
    /// <param name="device">Where the model is.</param>
    public CropBatch(int count, int channels, Size3 crop, bool withLabels, Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        using DisposeScope scope = NewDisposeScope();
        images = Allocate([count, channels, crop.X, crop.Y, crop.Z], ScalarType.Float32, device);
        labels = withLabels ? Allocate([count, crop.X, crop.Y, crop.Z], ScalarType.Int64, device) : null;
        ImageAddress = AddressOf(images);
        LabelAddress = labels is null ? 0 : AddressOf(labels);
        VoxelsPerImage = channels * crop.Count;
        VoxelsPerLabel = crop.Count;
    }

    /// <summary>Whether there are labels.</summary>
    public bool HasLabels => labels is not null;

    /// <summary>Values of one crop's image, C * X * Y * Z.</summary>
    internal long VoxelsPerImage { get; }

    /// <summary>Values of one crop's label map, X * Y * Z.</summary>
    internal long VoxelsPerLabel { get; }

    private nint ImageAddress { get; }

    private nint LabelAddress { get; }

    /// <summary>The images where a model is, [B, C, X, Y, Z], in the current dispose scope; on CPU without a copy, so they change with the next batch.</summary>
    public Tensor ImagesOn(Device device) => On(images, device);

    /// <summary>The labels where a model is, class indices [B, X, Y, Z], as <see cref="ImagesOn"/>.</summary>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    public Tensor LabelsOn(Device device) => On(labels ?? throw new InvalidOperationException("The batch has no labels."), device);

    /// <summary>Where a crop's image is written, [C, X, Y, Z].</summary>
    internal unsafe Span<float> Image(int sample) => new((float*)ImageAddress + sample * VoxelsPerImage, checked((int)VoxelsPerImage));

    /// <summary>Where a crop's label map is written, [X, Y, Z].</summary>
    internal unsafe Span<long> Label(int sample) => new((long*)LabelAddress + sample * VoxelsPerLabel, checked((int)VoxelsPerLabel));

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        images.Dispose();
        labels?.Dispose();
    }

    private static Tensor Allocate(long[] shape, ScalarType type, Device device)
    {
        Tensor tensor = zeros(shape, type);
        return (device.type == DeviceType.CUDA ? tensor.pin_memory() : tensor).DetachFromDisposeScope();
    }

    // Of the first value alone: a span of all bytes ends at 2 GiB.
    private static unsafe nint AddressOf(Tensor tensor)
    {
        using Tensor first = tensor.view(-1).narrow(0, 0, 1);
        return (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }

    private static Tensor On(Tensor tensor, Device device) => device.type == DeviceType.CPU ? tensor.alias() : tensor.to(device, non_blocking: true);
}
