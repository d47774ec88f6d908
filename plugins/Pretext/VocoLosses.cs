using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>VoCo's losses.</summary>
/// <remarks>Source: Luffy03/VoCo, models/voco_head.py.</remarks>
/// <param name="Positive">Loss of the cells that a random crop overlaps.</param>
/// <param name="Negative">Loss of the other cells.</param>
/// <param name="Base">Mean squared similarity of different cells.</param>
internal sealed record VocoLosses(Tensor Positive, Tensor Negative, Tensor Base)
{
    private const double Eps = 1e-6;

    /// <summary>The sum.</summary>
    public Tensor Total => Positive + Negative + Base;

    /// <summary>Cosine similarities, with negative values set to 0.</summary>
    /// <param name="queries">[Q, E].</param>
    /// <param name="cells">[N, E].</param>
    /// <returns>[Q, N].</returns>
    public static Tensor Likeness(Tensor queries, Tensor cells) => nn.functional.normalize(queries, dim: 1).matmul(nn.functional.normalize(cells, dim: 1).transpose(0, 1)).relu();

    /// <summary>Differences between similarities and overlaps: one loss for overlapping cells, one for the others.</summary>
    /// <param name="likeness">[Q, N].</param>
    /// <param name="labels">[Q, N], overlaps in double precision.</param>
    public static (Tensor Positive, Tensor Negative) Assign(Tensor likeness, Tensor labels)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor distance = (labels - likeness).abs(), none = labels.eq(0).to(likeness.dtype);
        Tensor positive = (-labels * (1 - distance + Eps).log()).sum() / (labels.sum() + Eps);
        Tensor negative = (likeness.square() * none).sum() / (none.sum() + Eps);
        return (positive.MoveToOuterDisposeScope(), negative.MoveToOuterDisposeScope());
    }

    /// <summary>Mean squared similarity of all pairs of cells. The later cell of a pair gets no gradient.</summary>
    /// <param name="cells">[N, E].</param>
    public static Tensor Regularise(Tensor cells)
    {
        using DisposeScope scope = NewDisposeScope();
        long count = cells.shape[0];
        Tensor pairs = ones([count, count], dtype: cells.dtype, device: cells.device).triu(1);
        return ((Likeness(cells, cells.detach()).square() * pairs).sum() / pairs.sum()).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the losses of a batch, which are means over its regions.</summary>
    /// <param name="student">[B R + B N, E]: all random crops, then all cells, each region by region.</param>
    /// <param name="teacher">The embeddings of the teacher in the same order.</param>
    /// <param name="labels">[B, R, N] in double precision.</param>
    public static VocoLosses Of(Tensor student, Tensor teacher, Tensor labels)
    {
        using DisposeScope scope = NewDisposeScope();
        (long regions, long crops, long cells) = (labels.shape[0], labels.shape[1], labels.shape[2]);
        Tensor positive = zeros(1, dtype: labels.dtype, device: student.device).squeeze(), negative = zeros(1, dtype: student.dtype, device: student.device).squeeze(), likeness = negative;
        for (int region = 0; region < regions; region++)
        {
            Tensor Crops(Tensor all) => all.narrow(0, region * crops, crops);
            Tensor Cells(Tensor all) => all.narrow(0, (regions * crops) + (region * cells), cells);
            Tensor logits = (Likeness(Crops(student), Cells(teacher)) + Likeness(Crops(teacher), Cells(student))) / 2;
            (Tensor near, Tensor far) = Assign(logits, labels[region]);
            (positive, negative, likeness) = (positive + near, negative + far, likeness + Regularise(Cells(student)));
        }
        return new VocoLosses((positive / regions).MoveToOuterDisposeScope(), (negative / regions).MoveToOuterDisposeScope(), (likeness / regions).MoveToOuterDisposeScope());
    }
}
