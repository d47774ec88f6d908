using static TorchSharp.torch;

namespace HiEndMae;

/// <summary>A batch of a pre-training task.</summary>
/// <param name="Volumes">[B, C, X, Y, Z], intensities scaled to [0, 1].</param>
/// <param name="Mask">Visible tokens; null unless <see cref="PretextTask.UsesMask"/>.</param>
public sealed record PretextBatch(Tensor Volumes, TokenMask? Mask)
{
    /// <summary>Number of the step and length of the training.</summary>
    public StepInfo Step { get; init; }

    /// <summary>Class of each crop, [B] int64, for tasks whose crops have given places (<see cref="ICropPlaces"/>). Null if the crops have no classes.</summary>
    public Tensor? Classes { get; init; }

    /// <summary>Receives named parts of the loss. Null if they are not logged.</summary>
    public Action<string, Tensor>? Terms { get; init; }

    /// <summary>Draws masks, given the number of cells and of visible cells. Null if this batch draws no masks.</summary>
    public Func<int, int, TokenMask>? Masks { get; init; }

    /// <summary>Draws a random mask for each sample, for tasks that hide cells themselves. The mask depends only on the seed of the run and the number of the batch. The caller disposes it.</summary>
    /// <param name="cells">Number of cells N of a sample.</param>
    /// <param name="visible">Number of visible cells, from 1 to N.</param>
    /// <exception cref="InvalidOperationException">This batch draws no masks.</exception>
    public TokenMask DrawMask(int cells, int visible) => Masks?.Invoke(cells, visible) ?? throw new InvalidOperationException("This batch draws no masks.");

    /// <summary>Logs a part of the loss: "contrastive" is logged as <c>loss.contrastive</c>, beside the loss. The value is copied without waiting for the device.</summary>
    /// <param name="name">In snake_case.</param>
    /// <param name="value">A scalar.</param>
    public void Note(string name, Tensor value) => Terms?.Invoke(name, value);
}

/// <summary>Volumes of a reconstruction, in the intensities of the input.</summary>
/// <param name="Masked">[B, C, X, Y, Z]: the input with hidden patches set to 0.</param>
/// <param name="Volumes">[B, C, X, Y, Z]: the input with hidden patches replaced by their reconstruction.</param>
public sealed record Reconstruction(Tensor Masked, Tensor Volumes);
