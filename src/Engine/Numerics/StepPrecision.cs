using HiEndMae.Engine.Configuration;
using HiEndMae.TorchRepairs;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Numerics;

/// <summary>The precision of a training step: <c>using (precision.Enter()) loss = ...</c>, backward of the loss times <see cref="LossScale"/>, then <see cref="Update"/>.</summary>
/// <remarks>Weights stay float32, and so do gradients, norms and losses: only what linear maps, convolutions and attention compute is narrower.</remarks>
public sealed class StepPrecision
{
    /// <summary>Steps in a row that may overflow while the factor is sought before the loss itself is to blame.</summary>
    public const int MostOverflows = 20;

    private readonly Autocast? autocast;
    private readonly ScalarType type;
    private int overflows;

    /// <summary>Prepares a precision on a device.</summary>
    /// <exception cref="MissingFunctionException">This build of libtorch does not export its autocast.</exception>
    public StepPrecision(Precision precision, Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Kind = precision;
        if (precision == Precision.Float32) return;
        type = precision == Precision.Float16 ? ScalarType.Float16 : ScalarType.BFloat16;
        autocast = new Autocast(device.type);
        if (precision == Precision.Float16) Scaler = new LossScaler();
    }

    /// <summary>float32 throughout.</summary>
    public static StepPrecision Full { get; } = new(Precision.Float32, CPU);

    /// <summary>Which it is.</summary>
    public Precision Kind { get; }

    /// <summary>The factor's state, for checkpoints; null except for float16.</summary>
    public LossScaler? Scaler { get; }

    /// <summary>What the loss is multiplied with before backward, and gradients are divided by (<see cref="Optimisation.StepRequest.LossScale"/>).</summary>
    public double LossScale => Scaler?.Scale ?? 1;

    /// <summary>Begins forward; ends it when disposed. Backward runs outside.</summary>
    public Scope Enter()
    {
        autocast?.Enter(type);
        return new Scope(autocast);
    }

    /// <summary>The loss, ready for backward: a float32 scalar in the current dispose scope.</summary>
    public Tensor Scaled(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return Scaler is null ? loss : loss * (float)LossScale;
    }

    /// <summary>To be told of every step.</summary>
    /// <param name="applied">Whether the optimiser applied it.</param>
    /// <returns>Whether a step that was not applied is the search for the factor and no trouble of the loss.</returns>
    public bool Update(bool applied)
    {
        if (Scaler is null) return false;
        Scaler.Update(applied);
        overflows = applied ? 0 : overflows + 1;
        return !applied && overflows <= MostOverflows;
    }

    /// <summary>The time between <see cref="Enter"/> and its end.</summary>
    public readonly ref struct Scope
    {
        private readonly Autocast? autocast;

        internal Scope(Autocast? autocast) => this.autocast = autocast;

        /// <summary>Back to float32.</summary>
        public void Dispose() => autocast?.Leave();
    }
}
