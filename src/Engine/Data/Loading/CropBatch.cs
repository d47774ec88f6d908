using HiEndMae.Engine.Data.Cases;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Data.Loading;

/// <summary>The crops of one batch. Later batches use the same memory again. It is pinned if the model is on a GPU.</summary>
public sealed class CropBatch : IDisposable
{
    private readonly Tensor images;
    private readonly Tensor? labels;

    /// <summary>Allocates the memory.</summary>
    /// <param name="count">Crops B.</param>
    /// <param name="channels">Channels C.</param>
    /// <param name="crop">Voxels of a crop.</param>
    /// <param name="withLabels">Whether there are labels.</param>
    /// <param name="device">Device of the model.</param>
    public CropBatch(int count, int channels, Size3 crop, bool withLabels, Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        using DisposeScope scope = NewDisposeScope();
        images = Allocate([count, channels, crop.X, crop.Y, crop.Z], ScalarType.Float32, device);
        labels = withLabels ? Allocate([count, crop.X, crop.Y, crop.Z], ScalarType.Int64, device) : null;
        ImageAddress = TensorAddress.Of(images);
        LabelAddress = labels is null ? 0 : TensorAddress.Of(labels);
        Classes = new long[count];
        VoxelsPerImage = channels * crop.Count;
        VoxelsPerLabel = crop.Count;
    }

    /// <summary>Whether there are labels.</summary>
    public bool HasLabels => labels is not null;

    /// <summary>Class of each crop, for crops with given places.</summary>
    internal long[] Classes { get; }

    /// <summary>Values of one crop's image, C * X * Y * Z.</summary>
    internal long VoxelsPerImage { get; }

    /// <summary>Values of one crop's label map, X * Y * Z.</summary>
    internal long VoxelsPerLabel { get; }

    private nint ImageAddress { get; }

    private nint LabelAddress { get; }

    /// <summary>The images [B, C, X, Y, Z] on a device, in the current dispose scope. On CPU they are not copied, so they change with the next batch.</summary>
    public Tensor ImagesOn(Device device) => On(images, device);

    /// <summary>The class indices [B, X, Y, Z] on a device, as <see cref="ImagesOn"/>.</summary>
    /// <exception cref="InvalidOperationException">The batch has no labels.</exception>
    public Tensor LabelsOn(Device device) => On(labels ?? throw new InvalidOperationException("The batch has no labels."), device);

    /// <summary>The classes of crops with given places, [B] int64, in the current dispose scope.</summary>
    public Tensor ClassesOn(Device device) => tensor(Classes, device: device);

    /// <summary>Memory of a crop's image, [C, X, Y, Z].</summary>
    internal unsafe Span<float> Image(int sample) => new((float*)ImageAddress + sample * VoxelsPerImage, checked((int)VoxelsPerImage));

    /// <summary>Memory of a crop's label map, [X, Y, Z].</summary>
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

    private static Tensor On(Tensor tensor, Device device) => device.type == DeviceType.CPU ? tensor.alias() : tensor.to(device, non_blocking: true);
}
