namespace HiEndMae.Plugins.Heads;

/// <summary>Activation of a network's output before the loss.</summary>
public enum OutputActivation
{
    /// <summary>No activation.</summary>
    None,

    /// <summary>Sigmoid, as in Models Genesis and PRLv2, which feed its output to the softmax of DiceCE.</summary>
    Sigmoid,
}
