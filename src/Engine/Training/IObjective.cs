using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Training;

/// <summary>The objective of a stage.</summary>
public interface IObjective
{
    /// <summary>Modules by prefix of their weights' names.</summary>
    IReadOnlyDictionary<string, nn.Module> Modules { get; }

    /// <summary>Parameters that are trained, by full name.</summary>
    IReadOnlyList<(string Name, TorchSharp.Modules.Parameter Value)> Parameters { get; }

    /// <summary>Crops per batch.</summary>
    int BatchSize { get; }

    /// <summary>Total time that the training has waited for data so far.</summary>
    TimeSpan DataWait => TimeSpan.Zero;

    /// <summary>The loss of a batch: a scalar with gradient, in the current dispose scope. It depends only on the weights and the number of the batch.</summary>
    Tensor Loss(int batch);

    /// <summary>Named parts of the newest loss; null if there are none.</summary>
    LossTerms? Terms => null;

    /// <summary>Called when the gradients of a step are complete, before its update.</summary>
    /// <param name="step">Number of the step, from 0.</param>
    /// <param name="lossScale">The factor of the loss, and so of the gradients.</param>
    void GradientsReady(int step, double lossScale)
    {
    }

    /// <summary>Called after an update was applied.</summary>
    /// <param name="step">Number of the step, from 0.</param>
    void Updated(int step)
    {
    }

    /// <summary>Factor on the learning rate of a parameter.</summary>
    double LrScaleOf(string parameter) => 1;

    /// <summary>Cases that a batch's crops are cut from.</summary>
    IReadOnlyList<string> CasesOf(int batch) => [];

    /// <summary>Figures of a batch's crops, for reports of bad steps.</summary>
    IReadOnlyList<CropSummary> Describe(int batch) => [];
}
