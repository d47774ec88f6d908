using static TorchSharp.torch;

namespace HiEndMae;

/// <summary>A batch of a pre-training task.</summary>
/// <param name="Volumes">[B, C, X, Y, Z], intensities scaled to [0, 1].</param>
/// <param name="Mask">Visible tokens, where <see cref="PretextTask.UsesMask"/>.</param>
public sealed record PretextBatch(Tensor Volumes, TokenMask? Mask)
{
    /// <summary>Where the training stands.</summary>
    public StepInfo Step { get; init; }

    /// <summary>Takes named parts of the loss; null where nobody wants them.</summary>
    public Action<string, Tensor>? Terms { get; init; }

    /// <summary>Draws masks of so many cells with so many visible ones; null where nothing is drawn.</summary>
    public Func<int, int, TokenMask>? Masks { get; init; }

    /// <summary>A random mask for each sample, for tasks that hide cells of their own. It depends on the run's seed and the number of the batch alone. The caller disposes it.</summary>
    /// <param name="cells">Cells N of a sample.</param>
    /// <param name="visible">Cells that are seen, from 1 to N.</param>
    /// <exception cref="InvalidOperationException">This batch draws no masks.</exception>
    public TokenMask DrawMask(int cells, int visible) => Masks?.Invoke(cells, visible) ?? throw new InvalidOperationException("This batch draws no masks.");

    /// <summary>Names a part of the loss, such as "contrastive". It is logged with the loss as <c>loss.contrastive</c>. The value is copied; no device synchronisation.</summary>
    /// <param name="name">In snake_case.</param>
    /// <param name="value">A scalar.</param>
    public void Note(string name, Tensor value) => Terms?.Invoke(name, value);
}

/// <summary>Volumes of a reconstruction, in the intensities of the input.</summary>
/// <param name="Masked">[B, C, X, Y, Z]: the input with hidden patches set to 0.</param>
/// <param name="Volumes">[B, C, X, Y, Z]: the input with hidden patches replaced by their reconstruction.</param>
public sealed record Reconstruction(Tensor Masked, Tensor Volumes);
