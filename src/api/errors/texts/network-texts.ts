/** Of what can go wrong on the way to the platform: a part of `errorTexts`, and like it in `errors.json`. */
export const networkTexts = {
  network:
    'The server can’t be reached: __reason__. Check the network, the proxy and the address. Server: __platform__.',
  'network-refused':
    'The server can’t be reached: it refuses connections. Check the address and the proxy. Server: __platform__.',
  'network-name':
    'The server can’t be reached: the name __host__ is not known. Check the spelling of the address. Server: __platform__.',
  'network-broken':
    'The server can’t be reached: the connection breaks. Check the network and the proxy. Server: __platform__.',
  'network-storage':
    'The file storage __storage__, where __platform__ keeps its files, can’t be reached: __reason__. A firewall or a proxy may let the platform alone through: ask who runs it to let this host through as well.',
  'timeout-storage':
    'The file storage __storage__, where __platform__ keeps its files, did not answer within __seconds__ s. A firewall or a proxy may let the platform alone through: ask who runs it to let this host through as well, or try again later.',
  'network-certificate':
    'The server can’t be trusted: its certificate is not valid here (__reason__). Choose TLS settings with the certificate of the proxy that inspects connections, or with its own where it is self-signed; a server of your own may lack the intermediate certificate that it has to send. Server: __platform__.',
  'network-no-tls':
    'The server does not answer in https: its port seems to speak plain http (__reason__). Check the address and its port. Server: __platform__.',
  'network-tls':
    'The server refuses the secure connection (__reason__). Check the address and the TLS options. Server: __platform__.',
  'network-no-http':
    'The server answers, but not in HTTP (__reason__). Check the address and its port. Server: __platform__.',
  'network-proxy':
    'The server can’t be reached: the proxy refuses (HTTP __status__). Check the proxy settings. Server: __platform__.',
  'network-proxy-refuses':
    'The server can’t be reached: the proxy __proxy__ answers HTTP __status__ in its place. Ask who runs it whether it may and can reach this address. Server: __platform__.',
  'network-proxy-login':
    'The server can’t be reached: the proxy __proxy__ wants a user name and a password (HTTP __status__). Give them in the http proxy node. Server: __platform__.',
  'network-proxy-unreachable':
    'The server can’t be reached: the proxy on the way, __proxy__, can’t be reached itself (__reason__). Check the http proxy node of the platform, or the variable HTTPS_PROXY. Server: __platform__.',
  'timeout-proxy':
    'The server can’t be reached: the proxy on the way, __proxy__, did not answer within __seconds__ s. Check the http proxy node of the platform, or the variable HTTPS_PROXY. Server: __platform__.',
  'network-unsettled':
    'The connection to __platform__ broke before it answered. The request may have been carried out all the same. Look on Rescale before you repeat it.',
  timeout:
    'The server did not answer within __seconds__ s. Try again later, or raise the timeout of the platform. Server: __platform__.',
  'timeout-through-proxy':
    'The server did not answer through the proxy __proxy__ within __seconds__ s: either of them may be silent. Try again later, look whether the proxy reaches this address, or raise the timeout of the platform. Server: __platform__.',
  'timeout-unsettled':
    'The server did not answer within __seconds__ s. The request may have been carried out all the same. Look on Rescale before you repeat it. Server: __platform__.',
  'network-certificate-expired':
    'The server can’t be trusted: its certificate has expired. Ask who runs it to renew it, and look whether the clock of this machine is right. Server: __platform__.',
  'network-certificate-early':
    'The server can’t be trusted: its certificate is not valid yet. Look whether the clock of this machine is right. Server: __platform__.',
  'network-certificate-host':
    'The server can’t be trusted: its certificate is for another host (__reason__). Check the address, and the proxy on the way. Server: __platform__.',
  'network-client-certificate':
    'The server asks for a client’s certificate. Choose TLS settings in the platform node that hold the certificate and the key that were issued to you. Server: __platform__.',
  'network-client-certificate-refused':
    'The server refuses the client’s certificate (__reason__). Check the certificate and the key in the TLS settings of the platform node, and whether they are still valid. Server: __platform__.',
  'network-tls-version':
    'The server has no version of TLS in common with Node-RED (__reason__), which needs TLS 1.2 or newer. Ask who runs it to turn that on. Server: __platform__.',
  'network-tls-handshake':
    'The server refuses the secure connection (__reason__). It may ask for a client’s certificate, which belongs into the TLS settings of the platform node, or know no cipher that is used here. Server: __platform__.',
  'network-proxy-certificate':
    'The server can’t be reached: the proxy on the way, __proxy__, can’t be trusted: its certificate is not valid here (__reason__). Choose TLS settings in the platform node that trust it, or check the address of the proxy. Server: __platform__.',
  'timeout-unsettled-through-proxy':
    'The server did not answer through the proxy __proxy__ within __seconds__ s: either of them may be silent. The request may have been carried out all the same. Look on Rescale before you repeat it. Server: __platform__.',

  // Why a proxy can’t be reached.
  'reason-refused': 'it refuses connections',
  'reason-name-unknown': 'its name is not known',
  'reason-connection': 'the connection breaks',
  'reason-certificate-expired': 'it has expired',
  'reason-certificate-early': 'it is not valid yet: is the clock of this machine right?',
  'reason-certificate-host': 'it is for another host: __hosts__',
  'reason-client-certificate': 'it asks for a client’s certificate, which is given to the platform alone',
  'reason-tls-version': 'it has no version of TLS in common with Node-RED, which needs TLS 1.2 or newer',
  'reason-no-tls': 'it does not speak https: its address may have to begin with http',
} as const;
