namespace HiEndMae.Engine.Optimisation;

/// <summary>A run of elements of one parameter for an update on CPU.</summary>
internal unsafe readonly ref struct UpdateBlock
{
    /// <summary>Weights.</summary>
    public required float* Values { get; init; }

    /// <summary>Gradient, before unscaling.</summary>
    public required float* Gradient { get; init; }

    /// <summary>First moment.</summary>
    public required float* First { get; init; }

    /// <summary>Second moment, for rules with two moments.</summary>
    public required float* Second { get; init; }

    /// <summary>The last moment, of rules that have three.</summary>
    public required float* Third { get; init; }

    /// <summary>Elements.</summary>
    public required int Length { get; init; }

    /// <summary>Factor that unscales and clips the gradient.</summary>
    public required float GradientFactor { get; init; }

    /// <summary>Learning rate of the group.</summary>
    public required double Lr { get; init; }

    /// <summary>Decay of the group.</summary>
    public required double WeightDecay { get; init; }
}
