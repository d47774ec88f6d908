using static TorchSharp.torch;

namespace HiEndMae.References;

/// <summary>The tensors and metadata of a golden.</summary>
public interface IReferenceTensors
{
    /// <summary>Where to compute.</summary>
    Device Device { get; }

    /// <summary>A tensor by its name, on <see cref="Device"/>, in the current dispose scope.</summary>
    Tensor this[string name] { get; }

    /// <summary>Whether there is a tensor of that name.</summary>
    bool Has(string name);

    /// <summary>Names of the tensors that begin with a prefix, in the order of the file.</summary>
    IEnumerable<string> Names(string prefix);

    /// <summary>An encoder from the TOML of its table, checked as an experiment's, on <see cref="Device"/>. The caller disposes it.</summary>
    Encoder CreateEncoder(string toml, EncoderContext context);

    /// <summary>Learning rates and weight decays of a training, step by step: float64 [S] each.</summary>
    /// <param name="optimizer">TOML of <c>[pretrain.optimizer]</c>.</param>
    /// <param name="schedule">TOML of <c>[pretrain.schedule]</c>.</param>
    /// <param name="steps">S.</param>
    (Tensor Rates, Tensor Decays) Schedules(string optimizer, string schedule, int steps);

    /// <summary>A parameter after each step of an optimiser at its rate: [S, N].</summary>
    /// <param name="optimizer">TOML of <c>[pretrain.optimizer]</c>.</param>
    /// <param name="start">[N].</param>
    /// <param name="gradients">[S, N].</param>
    Tensor Optimised(string optimizer, Tensor start, Tensor gradients);

    /// <summary>A value of the metadata.</summary>
    string Text(string key);
}
