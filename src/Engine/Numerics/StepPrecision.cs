using HiEndMae.Engine.Configuration;
using HiEndMae.TorchRepairs;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Numerics;

/// <summary>The precision of a training step. Use it as <c>using (precision.Enter()) loss = ...</c>, then run backward on <see cref="Scaled"/>, then call <see cref="Update"/>.</summary>
/// <remarks>Only linear maps, convolutions and attention use the narrower type. Weights, gradients, norms and losses stay float32.</remarks>
public sealed class StepPrecision
{
    /// <summary>Number of consecutive overflows after which the loss itself, not the loss scale, is considered wrong.</summary>
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

    /// <summary>The kind of precision.</summary>
    public Precision Kind { get; }

    /// <summary>The loss scale, for checkpoints; null unless float16.</summary>
    public LossScaler? Scaler { get; }

    /// <summary>The factor by which the loss is multiplied before backward and gradients are divided (<see cref="Optimisation.StepRequest.LossScale"/>).</summary>
    public double LossScale => Scaler?.Scale ?? 1;

    /// <summary>Enters the precision for a forward pass; disposing leaves it. The backward pass runs outside.</summary>
    public Scope Enter()
    {
        autocast?.Enter(type);
        return new Scope(autocast);
    }

    /// <summary>Scales the loss for backward: a float32 scalar in the current dispose scope.</summary>
    public Tensor Scaled(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return Scaler is null ? loss : loss * (float)LossScale;
    }

    /// <summary>Updates the loss scale. Call it after every step.</summary>
    /// <param name="applied">Whether the optimiser applied the step.</param>
    /// <returns>True if a step was not applied only because the loss scale was too large.</returns>
    public bool Update(bool applied)
    {
        if (Scaler is null) return false;
        Scaler.Update(applied);
        overflows = applied ? 0 : overflows + 1;
        return !applied && overflows <= MostOverflows;
    }

    /// <summary>Leaves the precision when it is disposed.</summary>
    public readonly ref struct Scope
    {
        private readonly Autocast? autocast;

        internal Scope(Autocast? autocast) => this.autocast = autocast;

        /// <summary>Back to float32.</summary>
        public void Dispose() => autocast?.Leave();
    }
}
