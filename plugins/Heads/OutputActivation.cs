namespace HiEndMae.Plugins.Heads;

/// <summary>What is done to a network's output before the loss.</summary>
public enum OutputActivation
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A sigmoid: Models Genesis and PRLv2 end in one, whose output goes into the softmax of DiceCE.</summary>
    Sigmoid,
}
