namespace Acme.Plugin;

/// <summary>Maps each token to class scores and repeats them over its patch.</summary>
[Component(Slot.Head, "acme-nearest"), Reads(Features.Tokens)]
public sealed partial record NearestConfig
{
    /// <summary>Dropout probability before the linear map.</summary>
    [Range(0.0, 1.0)]
    public double Dropout { get; init; }
}
